//go:build lab

package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// killed are a service's servers, each of weight 100 before any tuner came.
const (
	killed       = 250
	killedWeight = 100
)

// fickle is a Prometheus by which the servers are as fast as chance has it, so
// that each decision writes to most of them. It tells of each question.
type fickle struct{ asked chan struct{} }

// ServeHTTP implements http.Handler.
func (f fickle) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	tellByChance(w, r, killed)
	select {
	case f.asked <- struct{}{}:
	default:
	}
}

// tellByChance has so many servers be as fast as chance has it.
func tellByChance(w http.ResponseWriter, r *http.Request, servers int) {
	values := map[string]float64{}
	for i := range servers {
		values[killedServer(i)] = 50
		if r.FormValue("query") == "latency" {
			values[killedServer(i)] = 0.01 * math.Exp(3*rand.Float64())
		}
	}
	writeVector(w, values)
}

func killedServer(i int) string { return fmt.Sprintf("10.0.2.%d:8080", 1+i) }

// victim is a tuner that is killed again and again.
type victim struct {
	config, state, audit string
	asked                chan struct{}
}

// arrangeVictim has a director in the tests' network namespace, with what a
// tuner of it is to read.
func arrangeVictim(t *testing.T) victim {
	t.Helper()
	enterNetns(t)
	table := "-A -t 10.0.1.100:80 -s mh -b mh-fallback\n"
	for i := range killed {
		table += fmt.Sprintf("-a -t 10.0.1.100:80 -r %s -m -w %d\n", killedServer(i), killedWeight)
	}
	ipvsadm(t, "", table)
	asked := make(chan struct{}, 1)
	prometheus := answerAt(t, "", "127.0.0.1:0", fickle{asked})
	folder := t.TempDir()
	v := victim{filepath.Join(folder, "config"), filepath.Join(folder, "state.json"), filepath.Join(folder, "audit.jsonl"), asked}
	config := fmt.Sprintf(`{interval: 8s, state_file: %s,
		sources: {prom: {type: prometheus, url: 'http://%s', latency: latency, requests: requests, timeout: 4s}},
		services: [{match: 'tcp/*', scheduler: wrr, policy: inverse_latency, source: prom}]}`, v.state, prometheus.Addr)
	if err := os.WriteFile(v.config, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return v
}

// live runs the tuner and kills it soon after the questions of some decision, or
// else soon after it saved its state for that.
func (v victim) live(t *testing.T, decisions int, saved bool) {
	t.Helper()
	var out output
	cmd := exec.Command("weight-tuner", "run", "--web.listen-address=127.0.0.1:0", "--config.file="+v.config)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for range 2 * decisions { // latencies and requests
		select {
		case <-v.asked:
		case <-time.After(2 * time.Minute):
			t.Errorf("the tuner asks nothing:\n%s", &out)
		}
	}
	within := 400 * time.Millisecond
	if saved {
		v.awaitSave(t)
		within /= 4
	}
	time.Sleep(rand.N(within))
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	for _, failure := range []string{"take the director", "read the table", "save the state", "write the"} {
		if strings.Contains(out.String(), failure) {
			t.Errorf("it said\n%s", &out)
		}
	}
}

// awaitSave waits until the state file is another one.
func (v victim) awaitSave(t *testing.T) {
	t.Helper()
	before, _ := os.Stat(v.state)
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(time.Millisecond) {
		if now, err := os.Stat(v.state); err == nil && (before == nil || !os.SameFile(now, before)) {
			return
		}
	}
	t.Error("the tuner saves nothing")
}

// written returns the weights of the service that a network namespace has, by
// server, and its scheduler; nothing if it has none. Unlike ipvsadm, it costs
// next to nothing, so that tests which wait can ask often.
func written(t *testing.T, namespace string) (weights map[string]uint32, scheduler string) {
	t.Helper()
	var table *ipvs.Table
	err := inNetns(namespace, func() (err error) {
		client := ipvs.NewClient(ipvs.Options{Source: ipvs.Netlink})
		defer client.Close()
		table, err = client.Table()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	weights = map[string]uint32{}
	for _, s := range table.Services {
		scheduler = s.Scheduler
		for _, r := range s.Servers {
			weights[r.ID.String()] = r.Weight
		}
	}
	return weights, scheduler
}

// expectRestorable wants the state file to be whole, and restore to be about to
// put back all that stands otherwise than before.
func (v victim) expectRestorable(t *testing.T, weights map[string]uint32, scheduler string) {
	t.Helper()
	var want []string
	if scheduler != "mh" {
		want = append(want, "tcp/10.0.1.100:80: scheduler "+scheduler+" -> mh")
	}
	for server, weight := range weights {
		if weight != killedWeight {
			want = append(want, fmt.Sprintf("%s in tcp/10.0.1.100:80: weight %d -> %d", server, weight, killedWeight))
		}
	}
	if _, err := tuner.LoadStates(v.state); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(v.state); os.IsNotExist(err) && want == nil {
		return
	}
	shown := strings.Split(sh(t, "weight-tuner restore --dry-run --state.file="+v.state), "\n")
	shown = slices.DeleteFunc(shown, func(line string) bool {
		return line == "" || strings.HasSuffix(line, "stands as before") || line == "nothing to put back"
	})
	slices.Sort(want)
	slices.Sort(shown)
	if !slices.Equal(shown, want) {
		t.Errorf("restore would do\n%s\nwhere it takes\n%s", strings.Join(shown, "\n"), strings.Join(want, "\n"))
	}
}

// replay goes through what the audit log has from an offset on, beginning with
// some weights, and wants no share to jump. It returns the weights that follow
// and the offset.
func (v victim) replay(t *testing.T, weights map[string]uint32, from int) int {
	t.Helper()
	log, err := os.ReadFile(v.audit)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(log[from:])) {
		var change struct {
			Changes []struct {
				Server, Error string
				Weight        struct{ Before, After uint32 }
			}
		}
		if json.Unmarshal([]byte(line), &change) != nil {
			continue // cut off by a kill
		}
		before := sharesOf(weights)
		for _, c := range change.Changes {
			if c.Server == "" {
				continue
			}
			if weights[c.Server] != c.Weight.Before || c.Error != "" {
				t.Errorf("%s has weight %d, the log says %+v", c.Server, weights[c.Server], c)
			}
			weights[c.Server] = c.Weight.After
		}
		for server, share := range sharesOf(weights) {
			if math.Abs(share-before[server]) > 0.3*before[server]+1e-9 {
				t.Errorf("the share of %s went from %v to %v", server, before[server], share)
			}
		}
	}
	return len(log)
}

func sharesOf(weights map[string]uint32) map[string]float64 {
	sum, shares := 0.0, map[string]float64{}
	for _, w := range weights {
		sum += float64(w)
	}
	for server, w := range weights {
		shares[server] = float64(w) / sum
	}
	return shares
}

// A tuner that is killed at any moment, most of all while it saves and writes,
// leaves a state file from which all can be put back. The next one goes on from
// where the weights are.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	v := arrangeVictim(t)
	weights, _ := written(t, "")
	read, halves, edits := 0, 0, 0
	began, rounds := time.Now(), 0
	for ; rounds < 6 || rounds < 40 && time.Since(began) < 40*time.Second; rounds++ {
		v.live(t, 1+rounds%4/3, rounds%2 == 0)
		now, scheduler := written(t, "")
		v.expectRestorable(t, now, scheduler)
		before := read
		if read = v.replay(t, weights, read); read > before {
			edits++
		}
		if !maps.Equal(weights, now) {
			halves++
		}
		weights = now
		if t.Failed() {
			break
		}
	}
	t.Logf("killed %d times, %d of them between the writes of a decision; %d had written one down", rounds, halves, edits)
	if edits+halves == 0 {
		t.Error("nothing was ever written")
	}
	did := sh(t, "weight-tuner restore --state.file="+v.state)
	if weights, scheduler := written(t, ""); scheduler != "mh" || slices.ContainsFunc(slices.Collect(maps.Values(weights)), func(w uint32) bool { return w != killedWeight }) {
		t.Errorf("restored to %s, %v, saying\n%s", scheduler, weights, did)
	}
}
