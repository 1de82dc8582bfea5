package status

import (
	"net/netip"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs/ipvstest"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// scene is a board that is told what the tuner decides on a director in memory.
type scene struct {
	*testing.T
	Board
	director *ipvstest.Director
	config   tuner.Config
	states   tuner.States
	now      time.Time
	dryRun   bool
	seen     map[ipvs.ServerID]seen
}

// seen is what is observed of a server; zero is nothing.
type seen struct{ latency, errors float64 }

func newScene(t *testing.T) *scene {
	c := tuner.DefaultConfig()
	return &scene{T: t, director: ipvstest.NewDirector(), config: c, now: time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC),
		states: tuner.States{}, seen: make(map[ipvs.ServerID]seen)}
}

// add adds a virtual service and its configuration, which change may change.
func (s *scene) add(id, scheduler string, change func(*tuner.ServiceConfig), weights ...uint32) ipvs.ServiceID {
	s.Helper()
	service, err := ipvs.ParseServiceID(id)
	if err != nil {
		s.Fatal(err)
	}
	v := ipvs.VirtualService{ID: service, Scheduler: scheduler}
	at := byte(len(s.config.Services) + 1)
	for i, w := range weights {
		v.Servers = append(v.Servers, ipvs.RealServer{ID: server(at, i), Weight: w})
	}
	s.director.AddService(v)
	c := tuner.DefaultService()
	c.Match, c.Policy, c.Guards.ObserveFirst = id, tuner.Equalize, 0
	if change != nil {
		change(&c)
	}
	s.config.Services = append(s.config.Services, c)
	return service
}

// server returns one of those of the service that was added as number at.
func server(at byte, i int) ipvs.ServerID {
	return ipvs.ServerID{AddrPort: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, at, byte(i + 1)}), 80)}
}

// period has one pass, with a decision at its end that is carried out.
func (s *scene) period() {
	s.Helper()
	s.now = s.now.Add(s.config.Interval)
	plan := s.decide()
	s.Tell(tuner.Report{Time: plan.Time, Interval: s.config.Interval, DryRun: s.dryRun, Plan: plan, Read: map[string]bool{"": true}, Listed: true})
}

func (s *scene) periods(n int) {
	s.Helper()
	for range n {
		s.period()
	}
}

func (s *scene) decide() tuner.Plan {
	s.Helper()
	here := tuner.Netns{Director: s.director, Interfaces: func() ([]ipvs.Interface, error) { return nil, nil }}
	plan, next, err := tuner.Decide(s.config, s.states, []tuner.Netns{here}, s.observe(), s.now)
	if err != nil {
		s.Fatal(err)
	}
	if s.dryRun {
		return plan
	}
	s.states = next
	for _, p := range plan.Services {
		for _, v := range p.Servers {
			s.director.Update(p.Service, v.Server, func(r *ipvs.RealServer) { r.Weight = v.Weight })
		}
	}
	return plan
}

// observe has a hundred requests a second share the available servers of each
// service by their weights.
func (s *scene) observe() []tuner.Observation {
	table, err := s.director.Table()
	if err != nil {
		s.Fatal(err)
	}
	var all []tuner.Observation
	for _, v := range table.Services {
		sum := 0.0
		for _, r := range v.Servers {
			sum += float64(r.Weight)
		}
		for _, r := range v.Servers {
			seen := s.seen[r.ID]
			if seen.latency == 0 {
				continue
			}
			rate := 100 * float64(r.Weight) / sum
			all = append(all, tuner.Observation{Service: v.ID, Server: r.ID, Time: s.now,
				LatencySeconds: &seen.latency, ErrorRatio: &seen.errors, RequestsPerSecond: &rate})
		}
	}
	return all
}

// crowded returns a scene in which there is one of most things: a service with a
// server that turned slow and one that is ejected, one that is new, one whose
// scheduler knows no weights, one on standby, one that somebody else edits, and
// one of which nothing is heard.
func crowded(t *testing.T) *scene {
	s := newScene(t)
	s.add("tcp/10.0.0.1:80", "wrr", func(c *tuner.ServiceConfig) { c.Weights.Eject = true }, 100, 100, 100, 0, 100)
	s.add("tcp/10.0.0.2:80", "wrr", func(c *tuner.ServiceConfig) { c.Guards.ObserveFirst = 100 }, 1, 1)
	s.add("udp/[2001:db8::1]:53", "rr", nil, 1, 1)
	s.add("tcp/10.0.0.4:443", "wrr", func(c *tuner.ServiceConfig) { c.When.Condition = tuner.OnAddress }, 1, 1)
	edited := s.add("tcp/10.0.0.5:80", "wrr", nil, 10, 10)
	s.add("fwm/258", "wrr", nil, 10, 10)
	s.add("tcp/10.0.0.7:80", "wrr", nil)
	for i := range 5 {
		s.seen[server(1, i)] = seen{latency: 0.047}
	}
	for _, at := range []byte{2, 5} {
		s.seen[server(at, 0)], s.seen[server(at, 1)] = seen{latency: 0.02}, seen{latency: 0.02}
	}
	s.periods(10)
	s.seen[server(1, 2)] = seen{latency: 0.19}
	s.seen[server(1, 4)] = seen{latency: 0.001, errors: 1}
	s.periods(6)
	s.director.Update(edited, server(5, 1), func(r *ipvs.RealServer) { r.Weight = 3 })
	s.periods(2)
	return s
}

// numbered returns one of many servers, which are in order.
func numbered(i int) ipvs.ServerID {
	return ipvs.ServerID{AddrPort: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 80)}
}
