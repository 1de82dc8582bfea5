package tuner

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs/ipvstest"
)

func watched(services ...ipvs.VirtualService) *ipvstest.Director {
	d := ipvstest.NewDirector()
	for _, s := range services {
		d.AddService(s)
	}
	return d
}

// only is the program's own network namespace.
func only(d Director) []Netns { return []Netns{{Director: d}} }

func TestWatchSamplesForAnInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := watched(ipvstest.Services()...)
		cfg := plantConfig()
		cfg.Services[0].Match = "tcp/10.0.0.1:80"
		start := time.Now()
		states, err := Watch(t.Context(), only(d), nil, cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		state := states[""]
		if took := time.Since(start); took != cfg.Interval {
			t.Errorf("it took %s, want %s", took, cfg.Interval)
		}
		s := ipvstest.Services()[0]
		if len(state.Services) != 1 || len(state.Services[s.ID].Servers) != 2 {
			t.Fatalf("sampled %+v, want the available servers of %s", state.Services, s.ID)
		}
		want := int(cfg.Interval/SampleInterval) - 1 // the first one begins the window
		if got := state.Services[s.ID].Servers[0].Window.Samples; got != want {
			t.Errorf("%d samples, want %d", got, want)
		}
	})
}

func TestWatchEndsAtOnce(t *testing.T) {
	canceled, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped")
	cancel(stopped)
	tests := []struct {
		name    string
		ctx     context.Context
		match   string
		fail    error
		wantErr error
	}{
		{"unreadable", t.Context(), "*", ipvs.ErrNotSupported, ipvs.ErrNotSupported},
		{"stopped", canceled, "*", nil, stopped},
		{"nothing to tune", t.Context(), "tcp/10.9.9.9:*", nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := watched(ipvstest.Services()...)
			d.Fail(test.fail)
			cfg := plantConfig()
			cfg.Services[0].Match = test.match
			if _, err := Watch(test.ctx, only(d), nil, cfg, nil); !errors.Is(err, test.wantErr) {
				t.Errorf("error %v, want %v", err, test.wantErr)
			}
		})
	}
}
