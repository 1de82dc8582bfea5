//go:build lab

package e2e

import (
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// soaked is a program that is watched for leaks.
type soaked struct {
	program string
	client  *http.Client
	metrics string // where they are
	process process
	samples []holding
	scrapes tally
	last    samples
	counted map[string]float64 // by counter, since the start
}

// holding is what a program has at a moment, in the order of leaks.
type holding [5]float64

// leaks are what there may be more and more of, and by how much both the least
// and the median of the last quarter of the time may be more than those of the
// second: however long the time is. The one is low as services are away, and the
// other one high as many requests are under way.
var leaks = [len(holding{})]struct {
	what string
	most float64
}{
	{"goroutines", 8},
	{"descriptors", 8},
	{"threads", 5},
	{"KiB that live in the heap", 150},
	{"KiB of resident memory", 6 << 10},
}

// startSoak starts one. It is to collect its garbage often, and not only from
// 4 MB on, so that what lives is known well.
func startSoak(t *testing.T, program, flags, metrics string) *soaked {
	t.Helper()
	command := "env GOGC=10 " + program + " " + flags
	out, _ := launch(t, command, func(cmd *exec.Cmd) error { return inNetns("soak", cmd.Start) })
	s := &soaked{
		program: program, client: soakClient(), metrics: metrics,
		scrapes: tally{what: "samples of " + program}, counted: map[string]float64{},
	}
	for deadline := time.Now().Add(2 * time.Minute); s.last == nil; time.Sleep(100 * time.Millisecond) {
		if s.scrape(t); time.Now().After(deadline) {
			t.Fatalf("%s does not answer in 2 minutes: %v\n%s", program, s.scrapes.last, out)
		}
	}
	s.process, s.scrapes.failed = process(strings.TrimSpace(sh(t, "pidof "+program))), 0
	return s
}

// sample notes what the program holds, once it has collected its garbage some
// times, which takes as many scrapes as there must be garbage. What a scrape needs
// lives through a collection that is during it, so that the least is noted.
func (s *soaked) sample(t *testing.T) {
	t.Helper()
	s.scrape(t)
	live, until := math.Inf(1), s.last[collections]+4
	for n := 0; n < 200 && s.last[collections] < until; n++ {
		s.scrape(t)
		live = min(live, s.last["go_memstats_next_gc_bytes"]/(1+s.last["go_gc_gogc_percent"]/100))
	}
	descriptors, _ := filepath.Glob("/proc/" + string(s.process) + "/fd/*")
	s.samples = append(s.samples, holding{
		s.last["go_goroutines"],
		float64(len(descriptors)),
		s.process.status(t, "Threads"),
		live / 1024,
		s.process.status(t, "RssAnon"),
	})
	t.Logf("%s: %.0f decisions and writes; %.0f", s.program, s.decided(), s.samples[len(s.samples)-1])
}

const collections = "go_gc_duration_seconds_count"

// scrape reads what the program tells, and counts on. It asks for no compression:
// what that takes is kept through a collection or two, and would count as living
// in some samples and not in others.
func (s *soaked) scrape(t *testing.T) {
	t.Helper()
	text, err := read(t.Context(), s.client, s.metrics, http.Header{"Accept-Encoding": {"identity"}})
	if s.scrapes.note(err); err != nil {
		return
	}
	now := parseSamples(t, text, "")
	s.count(now)
	s.last = now
}

// count adds what counters have risen by. Those of services that are gone are
// gone too.
func (s *soaked) count(now samples) {
	for series, value := range now {
		name, _, _ := strings.Cut(series, "{")
		if before := s.last[series]; before <= value {
			value -= before
		}
		s.counted[name] += value
	}
}

// decided returns the decisions and the writes.
func (s *soaked) decided() [2]float64 {
	return [2]float64{s.counted["weight_tuner_decisions_total"], s.counted["weight_tuner_writes_total"]}
}

// expectLevel wants the program to have no more in the end than before.
func (s *soaked) expectLevel(t *testing.T) {
	t.Helper()
	s.scrapes.expectMostlyWell(t)
	t.Logf("%s: %.0f decisions and writes", s.program, s.decided())
	for i, leak := range leaks {
		var least, median [4]float64
		for q := range least {
			held := s.held(i, q)
			least[q], median[q] = held[0], held[(len(held)-1)/2]
		}
		t.Logf("%s: %.0f %s at the start; in each quarter least %.0f, median %.0f", s.program, s.samples[0][i], leak.what, least, median)
		if grown := min(least[3]-least[1], median[3]-median[1]); grown > leak.most {
			t.Errorf("%s: %.0f more %s from the second quarter to the last, and at most %.0f are no leak", s.program, grown, leak.what, leak.most)
		}
	}
}

// held returns, in order, how much there was of a thing in a quarter of the time.
func (s *soaked) held(thing, quarter int) []float64 {
	var held []float64
	for _, sample := range s.samples[quarter*len(s.samples)/4 : (quarter+1)*len(s.samples)/4] {
		held = append(held, sample[thing])
	}
	slices.Sort(held)
	return held
}

// status returns a number of the process's status.
func (p process) status(t *testing.T, name string) float64 {
	t.Helper()
	text, err := os.ReadFile("/proc/" + string(p) + "/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\n"+name+":")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		t.Fatalf("status of process %s has no %s", p, name)
	}
	return number(t, fields[0])
}
