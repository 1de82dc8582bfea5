package traffic

import (
	"errors"
	"math"
	"testing"
	"time"
)

func TestSummarizeNothing(t *testing.T) {
	if got := Summarize(nil); got.Requests != 0 || got.RequestsPerSecond != 0 || got.Latency != (Latency{}) {
		t.Errorf("summary %+v, want zeros", got)
	}
}

func TestSummarize(t *testing.T) {
	requests := []Request{{Start: start, Latency: 20 * time.Second, Err: errors.New("refused")}}
	for i := range 100 { // server1 takes 1..50 ms, server2 51..100
		server := "server1"
		if i >= 50 {
			server = "server2"
		}
		requests = append(requests, Request{Start: start.Add(-time.Duration(i) * time.Millisecond), Latency: time.Duration(i+1) * time.Millisecond, Server: server})
	}
	got := Summarize(requests)
	if got.Requests != 101 || got.Errors != 1 {
		t.Errorf("%d requests and %d errors, want 101 and 1", got.Requests, got.Errors)
	}
	if want := 20.099; math.Abs(got.DurationSeconds-want) > 1e-9 || math.Abs(got.RequestsPerSecond-101/want) > 1e-9 {
		t.Errorf("%g s, %g requests/s, want %g and %g", got.DurationSeconds, got.RequestsPerSecond, want, 101/want)
	}
	wantLatency(t, "all", got.Latency, Latency{0.0505, 0.05, 0.09, 0.099, 0.1})
	wantLatency(t, "server1", got.Servers["server1"].Latency, Latency{0.0255, 0.025, 0.045, 0.05, 0.05})
	if n := got.Servers["server2"].Requests; n != 50 {
		t.Errorf("server2 answered %d, want 50", n)
	}
}

func wantLatency(t *testing.T, name string, got, want Latency) {
	t.Helper()
	if math.Abs(got.Mean-want.Mean) > 1e-9 {
		t.Errorf("%s: mean %g s, want %g", name, got.Mean, want.Mean)
	}
	got.Mean = want.Mean
	if got != want {
		t.Errorf("%s: latency %+v, want %+v", name, got, want)
	}
}
