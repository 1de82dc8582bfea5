//go:build lab

package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestRecordedServiceIsSimulated watches a live service. What is written about
// it has its rate and how long its connections last, and is a scenario as it
// stands.
func TestRecordedServiceIsSimulated(t *testing.T) {
	arrangeTunedService(t, "wrr", "40ms", "40ms", "40ms")
	clients := startLoad(t) // 60 connections a second
	awaitConnections(t, 100)
	recorded := shIn(t, "director", "weight-tuner simulate --record=tcp/10.0.1.100:80 --record.for=10s")
	clients.stop(t)

	if rate := numberAfter(t, recorded, "traffic: {per_second: "); rate < 45 || rate > 75 {
		t.Errorf("%v connections a second, not some 60:\n%s", rate, recorded)
	}
	means := regexp.MustCompile(`mean: (\S+)\}`).FindAllStringSubmatch(recorded, -1)
	if len(means) != 3 {
		t.Fatalf("%d of 3 real servers:\n%s", len(means), recorded)
	}
	for _, m := range means {
		if mean, err := time.ParseDuration(m[1]); err != nil || mean < 20*time.Millisecond || mean > 5*time.Second {
			t.Errorf("a mean of %s, %v; the service time is 40 ms", m[1], err)
		}
	}
	file := filepath.Join(t.TempDir(), "recorded.yaml")
	if err := os.WriteFile(file, []byte(recorded), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := sh(t, "weight-tuner simulate "+file); !strings.Contains(out, "\n  oracle ") {
		t.Errorf("simulated:\n%s", out)
	}
}

// numberAfter returns the number that follows some text.
func numberAfter(t *testing.T, text, before string) float64 {
	t.Helper()
	_, rest, _ := strings.Cut(text, before)
	number := rest[:strings.IndexFunc(rest+" ", func(r rune) bool { return !strings.ContainsRune("0123456789.", r) })]
	value, err := strconv.ParseFloat(number, 64)
	if err != nil {
		t.Fatalf("no number after %s in\n%s", before, text)
	}
	return value
}
