//go:build lab

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Tells what the program takes for a packet, and all of an exchange by how it is
// attached; with LAB_COUNT=1 in instructions, as ns.
func TestPassiveCost(t *testing.T) {
	sh(t, "sysctl -wq kernel.bpf_stats_enabled=1")
	defer sh(t, "sysctl -wq kernel.bpf_stats_enabled=0")
	for _, s := range []struct{ network, service, forward string }{
		{"nat.sh 1", "10.0.1.100:80", "-m"},
		{"direct.sh 1", "10.0.2.100:9000", "-g"},
	} {
		sh(t, s.network)
		_, end := arrangeService(t, "tcp/"+s.service, "10.0.2.11:9000 "+s.forward)
		w := stopwatch{delay: func() time.Duration { return 0 }}.withDefaults()
		stop := w.start(t, "server1", ":9000")
		without := exchangeTakes(t, w, s.service)
		for _, method := range methodsHere(t) {
			meter := openMeterBy(t, method)
			runs, ns := programTook(t)
			with := exchangeTakes(t, w, s.service)
			moreRuns, moreNS := programTook(t)
			runs, ns = moreRuns-runs, moreNS-ns
			if runs < costRounds**timedRequests {
				t.Fatalf("%s: the program ran %d times", method, runs)
			}
			t.Logf("FIGURE %s %s: the program %d ns a packet; an exchange %v, without %v: %v a packet more", s.forward, method,
				ns/runs, with, without, (with-without)*time.Duration(costRounds**timedRequests)/time.Duration(runs))
			if err := meter.Close(); err != nil {
				t.Error(err)
			}
		}
		stop()
		end()
	}
}

const costRounds = 5

// exchangeTakes returns the median of some rounds.
func exchangeTakes(t *testing.T, w stopwatch, address string) time.Duration {
	t.Helper()
	var all []time.Duration
	for range costRounds {
		begin := time.Now()
		if _, err := w.ask(address, *timedRequests, 0); err != nil {
			t.Fatal(err)
		}
		all = append(all, time.Since(begin)/time.Duration(*timedRequests))
	}
	slices.Sort(all)
	return all[costRounds/2]
}

// programTook returns how often the programs ran and for how long, as the kernel
// counts.
func programTook(t *testing.T) (runs, ns int) {
	t.Helper()
	files, err := filepath.Glob("/proc/self/fdinfo/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		info, err := os.ReadFile(file)
		if err != nil {
			continue // it is closed by now
		}
		var took, ran int
		for line := range strings.Lines(string(info)) {
			_, _ = fmt.Sscanf(line, "run_time_ns:\t%d", &took)
			_, _ = fmt.Sscanf(line, "run_cnt:\t%d", &ran)
		}
		runs, ns = runs+ran, ns+took
	}
	return runs, ns
}
