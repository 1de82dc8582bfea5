//go:build lab

package e2e

import "testing"

// TestTunerFindsCapacities has four real servers of capacity 1:1:2:4, two
// thirds busy if each has its part, and clients that suffer from equal weights:
// under wlc once the connections that closed in the last two minutes are there.
// The tuner must bring their mean latency to within a quarter of what the best
// static weights come to.
func TestTunerFindsCapacities(t *testing.T) {
	tries := [][]int{{1, 1, 2, 4}, {2, 2, 5, 11}} // by capacity, and what queues of four workers want
	for _, tt := range []struct {
		scheduler string
		before    int // connections until the tuner starts
	}{{"wrr", 600}, {"wlc", 9000}} {
		t.Run(tt.scheduler, func(t *testing.T) {
			arrangeTunedService(t, tt.scheduler, "360ms", "360ms", "180ms", "90ms")
			clients := startLoad(t)
			awaitConnections(t, tt.before-600)
			before := during(func() { awaitConnections(t, 600) })
			tuner := startTuner(t, "kernel")
			periods := tuner.awaitStill(t)
			settled := during(func() { awaitConnections(t, 1200) })
			tuner.stop()
			t.Logf("weights %s; written:\n%s", tunedWeights(t), tuner.out)
			tried := tryWeights(t, tries)
			all := clients.stop(t)
			best := all.in(tried[0]).mean()
			for i, w := range tried {
				best = min(best, all.in(w).mean())
				t.Logf("static %v: %s", tries[i], all.in(w))
			}
			ratio := all.in(settled).mean().Seconds() / best.Seconds()
			t.Logf("equal weights:    %s", all.in(before))
			t.Logf("settled:          %s, after %d periods; %.2f times the best static weights", all.in(settled), periods, ratio)
			if ratio > 1.25 {
				t.Errorf("settled at %.2f times the latency of the best static weights, want 1.25 at most", ratio)
			}
			if all.in(before).mean() < best*5/4 {
				t.Error("equal weights did not hurt the clients, so nothing was shown")
			}
			if periods > 15 {
				t.Errorf("settled after %d periods, want 15 at most", periods)
			}
		})
	}
}

// tryWeights returns a span of time under each of some static weights.
func tryWeights(t *testing.T, tries [][]int) []window {
	t.Helper()
	tried := make([]window, len(tries))
	for i, weights := range tries {
		setWeights(t, weights)
		awaitConnections(t, 180) // that the weights before do not count
		tried[i] = during(func() { awaitConnections(t, 900) })
	}
	return tried
}

// TestTunerFollowsChanges has one of five equal real servers lose 70 % of its
// speed and get it back: its share must follow, down to what it bears and, as
// that costs less, in more time up to a quarter of its part at least.
func TestTunerFollowsChanges(t *testing.T) {
	arrangeTunedService(t, "wrr", "200ms", "200ms", "200ms", "200ms", "200ms")
	clients := startLoad(t)
	tuner := startTuner(t, "kernel")
	before := during(func() { awaitConnections(t, 1200) })

	setServiceTime(t, 5, "667ms")
	down := 0
	slow := during(func() { down = tuner.awaitShare(t, 5, func(share float64) bool { return share < 0.1 }) })
	relieved := during(func() { awaitConnections(t, 600) })
	setServiceTime(t, 5, "200ms")
	up := 0
	back := during(func() { up = tuner.awaitShare(t, 5, func(share float64) bool { return share > 0.05 }) })
	all := clients.stop(t)
	t.Logf("weights %s; written:\n%s", tunedWeights(t), tuner.out)
	for _, w := range []struct {
		name string
		window
	}{{"before", before}, {"slow", slow}, {"relieved", relieved}, {"coming back", back}} {
		t.Logf("%-12s %s", w.name, all.in(w.window))
	}
	t.Logf("relieved after %d periods, back after %d", down, up)
	if down > 5 {
		t.Errorf("relieved after %d periods, want 5 at most", down)
	}
}

// TestTunerAvoidsFailures has one of five equal real servers answer errors at
// once, and accept connections and hang. Few requests may fail for it.
func TestTunerAvoidsFailures(t *testing.T) {
	tests := []struct {
		name       string
		fail, mend func(t *testing.T)
	}{
		{"errors at once",
			func(t *testing.T) { setServer(t, 5, "failing=true") },
			func(t *testing.T) { setServer(t, 5, "failing=false") }},
		{"hangs",
			func(t *testing.T) { signalServer(t, 5, "STOP") },
			func(t *testing.T) { signalServer(t, 5, "CONT") }},
	}
	arrangeTunedService(t, "wrr", "200ms", "200ms", "200ms", "200ms", "200ms")
	clients := startLoad(t)
	tuner := startTuner(t, "{latency: kernel, errors: probe}")
	awaitConnections(t, 1200)
	windows := make([]window, len(tests))
	for i, tt := range tests {
		windows[i] = during(func() {
			tt.fail(t)
			down := tuner.awaitShare(t, 5, func(share float64) bool { return share < 0.01 })
			awaitConnections(t, 600)
			tt.mend(t)
			up := tuner.awaitShare(t, 5, func(share float64) bool { return share > 0.05 })
			t.Logf("%s: relieved after %d periods, back after %d", tt.name, down, up)
		})
	}
	all := clients.stop(t)
	t.Logf("weights %s; written:\n%s", tunedWeights(t), tuner.out)
	for i, tt := range tests {
		in := all.in(windows[i])
		of := float64(in.failed()) / (loadRate * 300)
		t.Logf("%s: %s, %.2f %% of five minutes' requests", tt.name, in, 100*of)
		if of > 0.01 {
			t.Errorf("%s: %.2f %% of five minutes' requests failed, want 1 %% at most", tt.name, 100*of)
		}
	}
}
