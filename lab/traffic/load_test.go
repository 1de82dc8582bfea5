package traffic

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"
)

func TestLoadCheck(t *testing.T) {
	good := Load{Rate: 1, Duration: time.Second, InFlight: 1, Timeout: time.Second}
	if err := good.Check(); err != nil {
		t.Errorf("a good load: %v", err)
	}
	tests := []struct {
		name   string
		change func(*Load)
	}{
		{"no rate", func(l *Load) { l.Rate = 0 }},
		{"rate not a number", func(l *Load) { l.Rate = math.NaN() }},
		{"no duration", func(l *Load) { l.Duration = 0 }},
		{"none in flight", func(l *Load) { l.InFlight = 0 }},
		{"no timeout", func(l *Load) { l.Timeout = 0 }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bad := good
			tt.change(&bad)
			if bad.Check() == nil {
				t.Error("no error")
			}
		})
	}
}

// TestLoadIsPoisson looks at the gaps between requests: mean and deviation are
// both 1/rate where arrivals are independent.
func TestLoadIsPoisson(t *testing.T) {
	requests := runLoad(t, Load{Rate: 100, Duration: 100 * time.Second, InFlight: 100, Timeout: time.Second, Seed: 1}, answerAfter(time.Millisecond))
	var sum, squares float64
	for i := range requests[1:] {
		gap := requests[i+1].Start.Sub(requests[i].Start).Seconds()
		sum += gap
		squares += gap * gap
	}
	n := float64(len(requests) - 1)
	mean, deviation := sum/n, math.Sqrt(squares/n-sum/n*sum/n)
	if math.Abs(mean-0.01) > 0.0005 || math.Abs(deviation-0.01) > 0.0005 {
		t.Errorf("gaps have mean %.5f s and deviation %.5f s, want 0.01 both", mean, deviation)
	}
}

func TestLoadSeed(t *testing.T) {
	instants := func(seed uint64) time.Duration {
		load := Load{Rate: 10, Duration: time.Minute, Requests: 100, InFlight: 1, Timeout: time.Second, Seed: seed}
		requests := runLoad(t, load, answerAfter(0))
		return requests[len(requests)-1].Start.Sub(requests[0].Start)
	}
	if a, b := instants(1), instants(1); a != b {
		t.Errorf("the same seed led to %s and %s", a, b)
	}
	if a, b := instants(1), instants(2); a == b {
		t.Errorf("two seeds both led to %s", a)
	}
}

// TestLoadIsOpen keeps up the rate though no request is answered, and bounds
// what is in flight and for how long.
func TestLoadIsOpen(t *testing.T) {
	load := Load{Rate: 50, Duration: 10 * time.Second, InFlight: 20, Timeout: 4 * time.Second, Seed: 1}
	requests := runLoad(t, load, answerAfter(time.Hour))
	var unsent, late int
	for _, r := range requests {
		switch {
		case errors.Is(r.Err, ErrInFlight):
			unsent++
		case errors.Is(r.Err, context.DeadlineExceeded) && r.Latency == 4*time.Second:
			late++
		default:
			t.Errorf("request ended with %v after %s", r.Err, r.Latency)
		}
	}
	if late < 40 || late > 60 { // twenty at the start, again after each timeout
		t.Errorf("%d requests timed out, want about 50", late)
	}
	if n := unsent + late; n < 430 || n > 570 { // three deviations
		t.Errorf("%d requests, want about 500", n)
	}
}

func TestLoadEnds(t *testing.T) {
	tests := []struct {
		name string
		load Load
		stop time.Duration // when ctx ends; 0: never
		want time.Duration // when Run returns, at the latest
	}{
		{"duration", Load{Rate: 100, Duration: time.Second}, 0, 1010 * time.Millisecond},
		{"requests", Load{Rate: 100, Duration: time.Hour, Requests: 100}, 0, 2 * time.Second},
		{"stopped", Load{Rate: 100, Duration: time.Hour}, time.Second, time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if tt.stop > 0 {
					time.AfterFunc(tt.stop, cancel)
				}
				tt.load.InFlight, tt.load.Timeout = 1000, time.Minute
				start, count := time.Now(), 0
				tt.load.Run(ctx, answerAfter(10*time.Millisecond), func(Request) { count++ })
				if took := time.Since(start); took > tt.want {
					t.Errorf("returned after %s, want at most %s", took, tt.want)
				}
				if count < 60 || count > 140 {
					t.Errorf("%d requests, want about 100", count)
				}
			})
		})
	}
}

func answerAfter(d time.Duration) Ask {
	return func(ctx context.Context) (string, error) {
		return "server1", sleep(ctx, d)
	}
}

// runLoad returns the requests of a load that runs in no time.
func runLoad(t *testing.T, l Load, ask Ask) []Request {
	t.Helper()
	var requests []Request
	synctest.Test(t, func(t *testing.T) {
		l.Run(t.Context(), ask, func(r Request) { requests = append(requests, r) })
	})
	return requests
}
