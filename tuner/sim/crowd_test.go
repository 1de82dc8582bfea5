package sim

import (
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// siege is what a crowd comes to.
type siege struct {
	Result
	idle float64 // part of all capacity that idles when a request is turned away, on average
}

// besiege plays a scenario and looks at the servers at each request turned
// away.
func besiege(t *testing.T, c Config, policy tuner.Policy) siege {
	t.Helper()
	r, err := newRun(c, policy)
	if err != nil {
		t.Fatal(err)
	}
	idle, refused := 0.0, uint64(0)
	for {
		source, at := r.calendar.first()
		if at >= c.Duration {
			r.now = c.Duration
			r.closePeriod()
			return siege{r.result(), idle / float64(max(1, refused))}
		}
		r.now = at
		if err := r.happen(source); err != nil {
			t.Fatal(err)
		}
		if n := r.tally.errors.Unserved; n > refused {
			refused = n
			idle += r.idle()
		}
	}
}

// idle returns the part of all capacity that nobody uses.
func (r *run) idle() float64 {
	idle, all := 0.0, 0.0
	for i, m := range r.models() {
		s := &r.servers[i].station
		all += m.capacity()
		idle += m.capacity() * (1 - float64(min(s.present(), s.workers))/float64(s.workers))
	}
	return idle / all
}

// surge returns servers that bear 400 requests a second, of four workers each,
// and half of that under masquerading, which a crowd multiplies for a minute.
func surge(scheduler string, factor float64) Config {
	c := crowd()
	c.Service.Scheduler, c.Service.Forward = scheduler, ipvs.Masq
	c.Traffic.Curve = steady(200)
	c.Traffic.Surges = []Surge{{At: 100 * second, Rise: 5 * second, Last: time.Minute, Factor: factor}}
	c.Meter = &Meter{Every: second, Window: 10 * second}
	for i, speed := range []float64{0.5, 0.5, 1, 2} {
		s := &c.Servers[i]
		s.Speed, s.Workers, s.Weight = speed, 4, uint32(20*speed)
		s.ServiceTime.Mean = 40 * time.Millisecond
	}
	return c
}

// TestCrowdIsBorne has more come than all servers together bear, under each way
// to look at them: those let in wait a bounded time, hardly more are turned away
// than must be, and hardly any while a server could have worked on them.
func TestCrowdIsBorne(t *testing.T) {
	hang := func(c *Config) {
		c.Events = []Event{{At: 120 * second, Server: serverID(2), Action: Hang}, {At: 150 * second, Server: serverID(2), Action: Recover}}
	}
	tests := []struct {
		name      string
		scheduler string
		factor    float64
		watch     time.Duration
		change    func(*Config)
		mean      float64 // seconds, of those let in
		longest   float64 // that one of a thousand waits
		refused   float64 // of those that must be
	}{
		{"130 %, at each sample", "wlc", 2.6, tuner.SampleInterval, func(*Config) {}, 0.15, 1.2, 1.08},
		{"130 %, dealt evenly", "wrr", 2.6, tuner.SampleInterval, func(*Config) {}, 0.15, 1.2, 1.08},
		{"200 %, at each sample", "wlc", 4, tuner.SampleInterval, func(*Config) {}, 0.15, 1.2, 1.08},
		{"130 %, every second", "wlc", 2.6, second, func(*Config) {}, 0.25, 1.7, 1.2},
		{"200 %, every second", "wrr", 4, second, func(*Config) {}, 0.3, 1.7, 1.08},
		{"a server hangs in it", "wlc", 2.6, second, hang, 0.35, 10, 2},
	}
	for _, tt := range tests {
		for _, policy := range []tuner.Policy{tuner.Static, tuner.Optimize} {
			t.Run(tt.name+", "+string(policy), func(t *testing.T) {
				c := surge(tt.scheduler, tt.factor)
				c.Tuner.Watch = tt.watch
				tt.change(&c)
				s := besiege(t, c, policy)
				if a := s.Admitted; a.MeanCostSeconds > tt.mean || a.RefusedRatio > tt.refused*a.UnavoidableRatio {
					t.Errorf("%+v", a)
				}
				if s.Latency.P999Seconds > tt.longest {
					t.Errorf("one of a thousand waits %v s", s.Latency.P999Seconds)
				}
				if s.idle > 0.05 {
					t.Errorf("%v of the capacity idles when a request is turned away", s.idle)
				}
				last := s.Periods[len(s.Periods)-1]
				if last.Failed > 0 || last.MeanSeconds > 0.1 {
					t.Errorf("after the crowd: %+v", last)
				}
			})
		}
	}
}

// TestCrowdThatCanBeBorne has as many come as keep the servers busy for four
// fifths of the time: nobody is turned away while there is room.
func TestCrowdThatCanBeBorne(t *testing.T) {
	for _, scheduler := range []string{"wlc", "wrr", "sed"} {
		for _, policy := range []tuner.Policy{tuner.Static, tuner.Optimize} {
			t.Run(scheduler+", "+string(policy), func(t *testing.T) {
				c := surge(scheduler, 1.6)
				if s := besiege(t, c, policy); s.Admitted.RefusedRatio > 0.001 || s.Latency.P999Seconds > 2 {
					t.Errorf("%+v, one of a thousand waits %v s", s.Admitted, s.Latency.P999Seconds)
				}
			})
		}
	}
}
