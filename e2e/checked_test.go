//go:build lab

package e2e

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// checkedServers is how many real servers keepalived checks.
const checkedServers = 3

// checked is a service whose real servers keepalived checks by a script of the
// test's, with a tuner beside, to which the test says how fast the servers are.
type checked struct {
	*testing.T
	namespace, folder string
	*keepalived
	tuner *output
	speeds
}

// arrangeChecked has no keepalived and no tuner yet.
func arrangeChecked(t *testing.T) *checked {
	t.Helper()
	c := &checked{T: t, namespace: "checked", folder: t.TempDir()}
	sh(t, "ip netns add checked && ip -n checked link set lo up")
	t.Cleanup(func() { sh(t, "ip netns del checked") })
	if err := os.WriteFile(c.script(), []byte("#!/bin/sh\nexit $(cat $0.$1)\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range checkedServers {
		c.tell(i+1, 0)
	}
	return c
}

func checkedServer(n int) string { return fmt.Sprintf("10.0.2.1%d:8080", n) }

func (c *checked) script() string { return filepath.Join(c.folder, "check") }

// tell has the check of a server end with a status: 0 is well, 1 is not, and
// with misc_dynamic a greater one is a weight and two.
func (c *checked) tell(server, status int) {
	c.Helper()
	file := fmt.Sprintf("%s.%d", c.script(), server)
	err := os.WriteFile(file+".new", fmt.Append(nil, status), 0o600)
	if err := errors.Join(err, os.Rename(file+".new", file)); err != nil {
		c.Fatal(err)
	}
}

// config is keepalived's, with options of the first server, of the check of each
// and the weights.
func (c *checked) config(first, check string, weights ...int) string {
	var b strings.Builder
	fmt.Fprint(&b, "global_defs {\n script_user root\n}\nvirtual_server 10.0.1.100 80 {\n delay_loop 1\n lvs_sched wrr\n lvs_method NAT\n protocol TCP\n")
	for i, weight := range weights {
		fmt.Fprintf(&b, " real_server 10.0.2.1%d 8080 {\n  weight %d\n  %s\n  MISC_CHECK {\n   misc_path \"%s %[1]d\"\n   misc_timeout 10\n   %[5]s\n  }\n }\n",
			i+1, weight, first, c.script(), check)
		first = ""
	}
	return b.String() + "}\n"
}

// check starts keepalived, and waits until it has made the table and checked all.
func (c *checked) check(pid, config string) {
	c.Helper()
	c.keepalived = startKeepalived(c.T, c.namespace, "--check", pid, config)
	c.keepalived.await(c.T, "succeeded", checkedServers)
}

// tune starts a tuner that leaves edits alone for three decisions.
func (c *checked) tune() {
	c.Helper()
	c.tuner = c.speeds.tune(c.T, c.namespace, "settle: 12s")
}

// favour has a server be four times as fast as the others, and waits until it
// has most of the weight.
func (c *checked) favour(server int) {
	c.Helper()
	latencies := map[string]float64{}
	for i := range checkedServers {
		latencies[checkedServer(i+1)] = 0.04
	}
	latencies[checkedServer(server)] = 0.01
	c.set(latencies)
	c.await("favour "+checkedServer(server), func(weights map[string]uint32) bool {
		return len(weights) == checkedServers && sharesOf(weights)[checkedServer(server)] > 0.45
	})
}

// satisfy has the servers be as fast as their weights want them, and waits until
// the tuner has just decided to write nothing: the next decision is some seconds
// away.
func (c *checked) satisfy() {
	c.Helper()
	latencies := map[string]float64{}
	for server, weight := range c.weights() {
		latencies[server] = 1 / float64(weight)
	}
	c.set(latencies)
	for wrote := math.NaN(); c.writes() != wrote; {
		wrote = c.writes()
		c.decisions(0)
	}
}

func (c *checked) weights() map[string]uint32 {
	c.Helper()
	return weightsIn(c.T, c.namespace)
}

// weightsIn returns those of the only service in a network namespace, by server.
func weightsIn(t *testing.T, namespace string) map[string]uint32 {
	t.Helper()
	weights := map[string]uint32{}
	for key, columns := range list(t, namespace, "").servers {
		weights[key[1]] = uint32(number(t, columns[1]))
	}
	return weights
}

// await waits until the weights are as wanted.
func (c *checked) await(what string, wanted func(weights map[string]uint32) bool) {
	c.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for !wanted(c.weights()) {
		if time.Now().After(deadline) {
			c.Fatalf("nobody does %s in 2 minutes, the weights are %v\n%s\n%s", what, c.weights(), c.keepalived.out, c.tuner)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (c *checked) metric(name string) float64 {
	c.Helper()
	return scrape(c.T, c.namespace, tunerMetrics, "weight_tuner_")[name]
}

// writes and conflicts are how often the tuner has written, and seen that
// somebody else has.
func (c *checked) writes() float64 {
	c.Helper()
	return c.metric("weight_tuner_writes_total")
}

func (c *checked) conflicts() float64 {
	c.Helper()
	return c.metric(series("weight_tuner_conflicts_total", "service", "tcp/10.0.1.100:80"))
}

// decided returns how many decisions of some action had a reason.
func (c *checked) decided(action, reason string) float64 {
	c.Helper()
	return c.metric(series("weight_tuner_decisions_total", "service", "tcp/10.0.1.100:80", "action", action, "reason", reason))
}

// decisions waits until so many more have begun and ended, and one that may have
// begun before.
func (c *checked) decisions(n int) {
	c.Helper()
	const cycles = "weight_tuner_cycle_duration_seconds_count"
	last := c.metric(cycles) + float64(n) + 1
	c.await("decide", func(map[string]uint32) bool { return c.metric(cycles) >= last })
}

func (c *checked) expectConflicts(want float64) {
	c.Helper()
	if got := c.conflicts(); got != want {
		c.Errorf("%v conflicts, want %v:\n%s", got, want, c.tuner)
	}
}
