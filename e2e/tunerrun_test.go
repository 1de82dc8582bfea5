//go:build lab

package e2e

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// tunerInterval is the time between two decisions, the period.
const tunerInterval = 6 * time.Second

const tunerConfig = `
interval: %s
state_file: %s
sources:
  probe: {type: http}
  %s
services:
  - match: 'tcp/*'
    policy: optimize
    %s
    guards: {observe_first: 0}
`

// runningTuner is a weight-tuner in the director.
type runningTuner struct {
	out  *output
	stop func()
}

// startTuner has the tuner learn from source, as its configuration says it; "" is
// that it says nothing.
func startTuner(t *testing.T, source string) *runningTuner {
	t.Helper()
	return startTunerOf(t, source, "")
}

// startTunerOf does so with one more source.
func startTunerOf(t *testing.T, source, entry string) *runningTuner {
	t.Helper()
	dir := t.TempDir()
	config := filepath.Join(dir, "weight-tuner.yaml")
	if source != "" {
		source = "source: " + source
	}
	text := fmt.Appendf(nil, tunerConfig, tunerInterval, filepath.Join(dir, "state.json"), entry, source)
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	out, stop := startIn(t, "director", "weight-tuner run --web.listen-address=127.0.0.1:9976 --config.file="+config, tunerMetrics)
	return &runningTuner{out, stop}
}

// awaitStill waits until the shares have stayed for five periods, but for a tenth
// of the connections, and returns how many it took them to get there.
func (r *runningTuner) awaitStill(t *testing.T) (periods int) {
	t.Helper()
	begin := time.Now()
	since, shares := begin, tunedWeights(t)
	r.await(t, "leave the shares alone", func() bool {
		if now := tunedWeights(t); now.moved(shares) > 0.1 {
			since, shares = time.Now(), now
		}
		return time.Since(since) > 5*tunerInterval
	})
	return periodsOf(since.Sub(begin))
}

// awaitShare waits until a server's share is right, and returns the periods
// that this took.
func (r *runningTuner) awaitShare(t *testing.T, server int, right func(float64) bool) (periods int) {
	t.Helper()
	begin := time.Now()
	r.await(t, fmt.Sprintf("give server %d its share", server), func() bool { return right(tunedWeights(t).share(server)) })
	return periodsOf(time.Since(begin))
}

func periodsOf(d time.Duration) int { return int(math.Ceil(d.Seconds() / tunerInterval.Seconds())) }

// await waits until the tuner has done something.
func (r *runningTuner) await(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline := time.Now().Add(3 * time.Minute)
	for !done() {
		if time.Now().After(deadline) {
			t.Fatalf("the tuner does not %s in 3 minutes, the weights are %s:\n%s", what, tunedWeights(t), r.out)
		}
		time.Sleep(500 * time.Millisecond)
	}
}
