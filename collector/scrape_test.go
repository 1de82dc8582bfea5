package collector

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Scrapes that come while a read is under way get its result.
func TestScrapesShareARead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reads := 0
		d := &fake{table: table(), reading: func() { reads++; time.Sleep(time.Second) }}
		c := New(only(d), Options{})
		var scrapes sync.WaitGroup
		for range 20 {
			scrapes.Go(func() {
				if got := gather(t, c); !strings.Contains(got, "ipvs_servers{") {
					t.Errorf("a scrape without the table:\n%s", got)
				}
			})
		}
		scrapes.Wait()
		if reads != 1 {
			t.Errorf("%d reads for scrapes at once, want 1", reads)
		}
		gather(t, c)
		if reads != 2 {
			t.Errorf("%d reads after a later scrape, want 2", reads)
		}
	})
}

// A table's memory goes back when the last scrape that shares it has written,
// or given up.
func TestTableIsReusedOnceAllHaveLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &fake{table: bigTable(20, 100), reading: func() { time.Sleep(time.Second) }}
		c := New(only(d), Options{})
		slow := &slowWriter{gate: make(chan struct{})}
		var scrapes sync.WaitGroup
		scrapes.Go(func() {
			if err := c.WriteText(t.Context(), slow, TextFormat{}, Defaults()...); err != nil {
				t.Error(err)
			}
		})
		scrapes.Go(func() { gather(t, c) })
		late, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		scrapes.Go(func() { gather(t, c.Scrape(late, Defaults()...)) })
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if !slow.begun || len(d.reused) > 0 {
			t.Errorf("while one writes (%t) the table is given back %d times", slow.begun, len(d.reused))
		}
		close(slow.gate)
		scrapes.Wait()
		synctest.Wait()
		if len(d.reused) != 1 || d.reused[0] != d.table {
			t.Errorf("given back %d times, want once", len(d.reused))
		}
	})
}

type slowWriter struct {
	begun bool
	gate  chan struct{}
}

func (w *slowWriter) Write(p []byte) (int, error) {
	w.begun = true
	<-w.gate
	return len(p), nil
}

// What is not there in time is left out, and comes with the next scrape.
func TestScrapeEndsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &fake{netns: "slow", table: table(), reading: func() { time.Sleep(15 * time.Second) }}
		fast := &fake{netns: "fast", table: table()}
		c := New(func() []Director { return directors(fast, slow) }, Options{})
		scrape := func() string {
			ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
			defer cancel()
			return gather(t, c.Scrape(ctx, NameDirector, NameSysctl))
		}
		start := time.Now()
		expect(t, scrape(), `ipvs_up{netns="fast"} 1`, `ipvs_up{netns="slow"} 0`, `ipvs_services{netns="fast"}`, `!ipvs_services{netns="slow"}`,
			`ipvs_scrape_collector_success{collector="director"} 0`, `ipvs_scrape_collector_success{collector="sysctl"} 1`)
		if took := time.Since(start); took != 9*time.Second {
			t.Errorf("the scrape took %v", took)
		}
		expect(t, scrape(), `ipvs_up{netns="slow"} 1`, `ipvs_services{netns="slow"}`)
	})
}

// expect reports which of the texts got has not, or has although "!" is
// before them.
func expect(t *testing.T, got string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		unwanted, absent := strings.CutPrefix(text, "!")
		if strings.Contains(got, unwanted) == absent {
			t.Errorf("want %s in\n%s", text, got)
		}
	}
}

// A scrape may leave collectors out; none that is off comes in.
func TestScrapeChooses(t *testing.T) {
	c := New(only(everything()), Options{})
	got := gather(t, c.Scrape(t.Context(), NameSysctl, NameRates))
	expect(t, got, "ipvs_sysctl{", `ipvs_up{netns=""} 1`, "!ipvs_services{", "!per_second")
}

// Reads at once are few, however many namespaces there are.
func TestReadsAtOnceAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		running, most := 0, 0
		count := func(n int) {
			mu.Lock()
			defer mu.Unlock()
			running += n
			most = max(most, running)
		}
		var all []Director
		for i := range 500 {
			all = append(all, &fake{netns: fmt.Sprint("ns", i), table: &ipvs.Table{}, reading: func() {
				count(1)
				time.Sleep(time.Second)
				count(-1)
			}})
		}
		gather(t, New(func() []Director { return all }, Options{}))
		if most != maxReads() {
			t.Errorf("%d reads at once, want %d", most, maxReads())
		}
	})
}

// Changes are reported, each once.
func TestReport(t *testing.T) {
	d := &fake{netns: "lb_1", table: table(), errs: map[string]error{}, marks: nil}
	var got []string
	c := New(only(d), Options{Naming: naming{}, Report: func(o Outcome) {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s %v", o.Netns, o.Part, o.Source, o.Err)))
	}})
	state := func(part string, err error) {
		d.errs[part] = err
		gather(t, c)
		gather(t, c)
	}
	state("table", nil)
	state("table", errors.New("first"))
	state("table", errors.New("second"))
	state("sysctls", errors.New("hidden"))
	state("table", nil)
	state("marks", errors.New("no nftables"))
	d.table = procTable(t)
	state("table", nil)
	want := []string{
		"lb_1 table  first", "lb_1 table  second", "lb_1 sysctls  hidden", "lb_1 table netlink <nil>",
		"lb_1 firewall marks  no nftables", "lb_1 table procfs <nil>",
	}
	if !slices.Equal(got, want) {
		t.Errorf("reported\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
