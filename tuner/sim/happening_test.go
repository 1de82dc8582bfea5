package sim

import (
	"math"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

const second = time.Second

// event is one of the last server.
func event(c Config, at time.Duration, action Action) Event {
	return Event{At: at, Server: c.Servers[len(c.Servers)-1].ID, Action: action}
}

// within returns the last server's part of the periods from one instant to
// another, summed up.
func within(r Result, from, to time.Duration) (sum ServerPeriod, seconds float64) {
	answered := 0.0
	for _, p := range r.Periods {
		if p.AtSeconds < from.Seconds() || p.AtSeconds >= to.Seconds() {
			continue
		}
		s := p.Servers[len(p.Servers)-1]
		seconds += p.Seconds
		sum.Requests += s.Requests
		sum.Failed += s.Failed
		sum.MeanSeconds += s.MeanSeconds * float64(s.Requests-s.Failed)
		sum.ShareRatio += s.ShareRatio * p.Seconds
		sum.Weight, sum.Present = s.Weight, s.Present
		answered += float64(s.Requests - s.Failed)
	}
	sum.MeanSeconds /= max(1, answered)
	sum.ShareRatio /= seconds
	return sum, seconds
}

func TestActions(t *testing.T) {
	// Two servers at half load for 200 s; something happens to the second one
	// at 50 s and perhaps ends at 100 s.
	tests := []struct {
		name   string
		change func(*Config)
		check  func(*testing.T, Result)
	}{
		{"crash", func(c *Config) {
			c.Events = []Event{event(*c, 50*second, Crash), event(*c, 100*second, Recover)}
		}, func(t *testing.T, r Result) {
			down, _ := within(r, 50*second, 100*second)
			if down.Failed != down.Requests || down.Requests < 2000 {
				t.Errorf("while it is down: %+v", down)
			}
			if r.Failed.Refused+r.Failed.Reset != down.Failed || r.Failed.Reset > 20 {
				t.Errorf("failures: %+v", r.Failed)
			}
		}},
		{"crash between two requests of a connection", func(c *Config) {
			c.Clients.Requests, c.Clients.Think = 5, 10*second
			c.Traffic.Curve = steady(20)
			c.Events = []Event{event(*c, 50*second, Crash), event(*c, 50*second, Recover)}
		}, func(t *testing.T, r Result) {
			// About 10 connections a second, each with 4 more requests, 40 s of
			// thinking: of 400 that are open all but the last requests fail.
			if r.Failed.Refused != 0 || r.Failed.Reset < 250 || r.Failed.Reset > 550 {
				t.Errorf("failures: %+v", r.Failed)
			}
		}},
		{"hang", func(c *Config) {
			c.Clients.Timeout = 2 * second
			c.Events = []Event{event(*c, 50*second, Hang), event(*c, 100*second, Recover)}
		}, func(t *testing.T, r Result) {
			late, _ := within(r, 60*second, 100*second)
			if late.Failed != late.Requests || r.Failed.Timeout != r.Failed.Sum() || r.Failed.Timeout < 2400 || r.Failed.Timeout > 2700 {
				t.Errorf("while it hangs: %+v; failures: %+v", late, r.Failed)
			}
			if after, _ := within(r, 120*second, 200*second); after.Failed != 0 || after.MeanSeconds > 0.03 {
				t.Errorf("afterwards: %+v", after)
			}
		}},
		{"hang fills the backlog", func(c *Config) {
			c.Servers[1].Backlog = 10
			c.Events = []Event{event(*c, 50*second, Hang)}
		}, func(t *testing.T, r Result) {
			if last, _ := within(r, 190*second, 200*second); last.Present != 11 {
				t.Errorf("in the end: %+v", last)
			}
		}},
		{"half of the requests fail", func(c *Config) {
			e := event(*c, 50*second, Fail)
			e.Errors = 0.5
			c.Events = []Event{e, event(*c, 100*second, Recover)}
		}, func(t *testing.T, r Result) {
			bad, _ := within(r, 50*second, 100*second)
			if part := float64(bad.Failed) / float64(bad.Requests); math.Abs(part-0.5) > 0.05 || r.Failed.Failing != bad.Failed {
				t.Errorf("the part %v fails: %+v; failures: %+v", part, bad, r.Failed)
			}
		}},
		{"slow, then as fast as before", func(c *Config) {
			e := event(*c, 50*second, ChangeSpeed)
			e.Speed = 0.6
			c.Events = []Event{e, event(*c, 100*second, Recover)}
		}, func(t *testing.T, r Result) {
			before, _ := within(r, 0, 50*second)
			slow, _ := within(r, 60*second, 100*second)
			after, _ := within(r, 110*second, 200*second)
			if slow.MeanSeconds < 2*before.MeanSeconds || math.Abs(math.Log(after.MeanSeconds/before.MeanSeconds)) > 0.3 {
				t.Errorf("before %v s, slow %v s, after %v s", before.MeanSeconds, slow.MeanSeconds, after.MeanSeconds)
			}
		}},
		{"warms up", func(c *Config) {
			e := event(*c, 50*second, Recover)
			e.Speed, e.Over = 0.6, 100*second
			c.Events = []Event{e}
		}, func(t *testing.T, r Result) {
			first, _ := within(r, 50*second, 80*second)
			second, _ := within(r, 80*time.Second, 110*time.Second)
			last, _ := within(r, 160*time.Second, 200*time.Second)
			if first.MeanSeconds < 1.2*second.MeanSeconds || second.MeanSeconds < 1.1*last.MeanSeconds {
				t.Errorf("%v s, then %v s, then %v s", first.MeanSeconds, second.MeanSeconds, last.MeanSeconds)
			}
		}},
		{"limit", func(c *Config) {
			c.Servers[1].Limit, c.Servers[1].Speed = 3, 0.4
		}, func(t *testing.T, r Result) {
			// M/M/1/3 at load 5/4: blocks (1-a)a³/(1-a⁴) of them; rr's are fewer.
			all, _ := within(r, 0, 200*second)
			if part := float64(r.Failed.Rejected) / float64(all.Requests); part < 0.25 || part > 0.34 || r.Failed.Sum() != r.Failed.Rejected {
				t.Errorf("the part %v is rejected: %+v", part, r.Failed)
			}
		}},
		{"joins and leaves", func(c *Config) {
			c.Servers[1].Absent = true
			c.Events = []Event{event(*c, 50*second, Join), event(*c, 100*second, Leave)}
		}, func(t *testing.T, r Result) {
			before, _ := within(r, 0, 50*second)
			there, _ := within(r, 50*second, 100*second)
			after, _ := within(r, 110*second, 200*second)
			if before.Requests != 0 || math.Abs(there.ShareRatio-0.5) > 0.01 || after.Requests != 0 {
				t.Errorf("before %+v, there %+v, after %+v", before, there, after)
			}
		}},
		{"an operator's weight", func(c *Config) {
			e := event(*c, 50*second, SetWeight)
			e.Weight = 3
			c.Events = []Event{e}
		}, func(t *testing.T, r Result) {
			if s, _ := within(r, 50*second, 200*second); s.Weight != 3 || math.Abs(s.ShareRatio-0.75) > 0.01 {
				t.Errorf("since then: %+v", s)
			}
		}},
		{"a health checker", func(c *Config) {
			c.Servers[1].Weight = 2
			c.Events = []Event{event(*c, 50*second, CheckDown), event(*c, 100*second, CheckUp)}
		}, func(t *testing.T, r Result) {
			out, _ := within(r, 60*second, 100*second)
			back, _ := within(r, 100*second, 200*second)
			if out.ShareRatio != 0 || out.Weight != 0 || back.Weight != 2 || math.Abs(back.ShareRatio-2.0/3) > 0.01 {
				t.Errorf("out %+v, back %+v", out, back)
			}
		}},
		{"no server is left", func(c *Config) {
			c.Servers[0].Absent = true
			c.Events = []Event{event(*c, 50*second, CheckDown), event(*c, 100*second, CheckUp)}
		}, func(t *testing.T, r Result) {
			if r.Failed.Unserved < 4500 || r.Failed.Unserved > 5500 || r.Failed.Unserved != r.Failed.Sum() {
				t.Errorf("failures: %+v", r.Failed)
			}
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := scenario("wrr", 100, 1, 1)
			if test.name == "no server is left" {
				c = scenario("wrr", 100, 2, 2)
			}
			test.change(&c)
			test.check(t, outcome(t, c, "static"))
		})
	}
}

// TestGoneServersConnections has a client ask again on a connection to a
// server that was deleted: the director drops that.
func TestGoneServersConnections(t *testing.T) {
	c := scenario("rr", 10, 1)
	c.Clients.Requests, c.Clients.Think = 1000, second
	c.Events = []Event{event(c, 50*second, Leave)}
	c.Service.Forward = ipvs.Route
	r := outcome(t, c, Equal)
	if r.Failed.Timeout < 400 || r.Failed.Timeout > 600 {
		t.Errorf("failures: %+v", r.Failed)
	}
}
