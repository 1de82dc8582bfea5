package sim

import (
	"math"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// one draws one of a few.
func one[T any](s *stream, of ...T) T { return of[s.below(len(of))] }

// anyScenario returns a scenario with a little of everything.
func anyScenario(seed uint64) (Config, tuner.Policy) {
	s := newStream(seed, "scenario")
	c := scenario(one(&s, "rr", "wrr", "lc", "wlc", "sed", "nq", "sh", "mh", "dh", "lblc", "lblcr", "fo", "ovf", "twos"), 20+float64(s.below(300)), 1)
	c.Seed, c.Duration = seed, time.Duration(30+s.below(60))*time.Second
	c.MeasureFrom = one(&s, 0, c.Duration/3)
	c.Service.Forward = one(&s, ipvs.Masq, ipvs.Route)
	c.Service.ID.Protocol = one(&s, ipvs.TCP, ipvs.TCP, ipvs.UDP, ipvs.SCTP)
	if s.chance(0.3) {
		c.Service.Flags, c.Service.Persistence = ipvs.FlagPersistent, 20*time.Second
	}
	c.Clients.Addresses.Skew = one(&s, 0.0, 1)
	c.Clients.Timeout = one(&s, time.Second, 10*time.Second)
	c.Clients.Requests = one(&s, 0.0, 3)
	c.Clients.Think, c.Clients.Hold = one(&s, 0, time.Second), one(&s, 0, time.Second)
	if s.chance(0.3) {
		c.Traffic.Bursts = Bursts{Factor: 3, Burst: time.Second, Calm: 2 * time.Second}
	}
	if s.chance(0.5) {
		c.Meter = &Meter{Every: time.Second, Window: 5 * time.Second, Lag: time.Second, AtServers: s.chance(0.5), Missing: 0.1}
	}
	c.Servers = nil
	for i := range 1 + s.below(5) {
		c.Servers = append(c.Servers, anyServer(&s, i))
	}
	c.Events = anyEvents(&s, &c)
	return c, one(&s, Policies()...)
}

func anyServer(s *stream, i int) Server {
	return Server{
		ID: serverID(i), Weight: uint32(s.below(4)), UpperThreshold: one(s, 0, 0, uint32(5+s.below(100))),
		Discipline: one(s, FIFO, ProcessorSharing), Workers: 1 + s.below(4), Speed: 0.3 + s.uniform(),
		Limit: one(s, 0, 0, 5+s.below(10)), Backlog: one(s, 0, 3),
		ServiceTime: ServiceTime{Distribution: one(s, Exponential, Lognormal, Fixed, Sampled), Mean: 10 * time.Millisecond, CV: 2,
			Samples: []time.Duration{time.Millisecond, 30 * time.Millisecond}},
	}
}

// anyEvents returns events of servers that are all listed from the start; one
// is taken out and put back, and leaves and joins again.
func anyEvents(s *stream, c *Config) []Event {
	var events []Event
	for range s.below(8) {
		events = append(events, Event{
			At: c.Duration * time.Duration(s.below(1000)) / 1000, Server: one(s, c.Servers...).ID,
			Action: one(s, ChangeSpeed, Crash, Hang, Fail, Recover, Recover), Speed: 0.2, Over: one(s, 0, 5*time.Second),
			Errors: 0.5, Mark: one(s, "", "something"),
		})
	}
	if s.chance(0.5) {
		id, half := one(s, c.Servers...).ID, c.Duration/2
		at := func(seconds int) time.Duration { return half + time.Duration(seconds)*time.Second }
		events = append(events,
			Event{At: at(0), Server: id, Action: CheckDown}, Event{At: at(2), Server: id, Action: CheckUp},
			Event{At: at(3), Server: id, Action: Leave}, Event{At: at(5), Server: id, Action: Join, Over: time.Second, Speed: 0.1},
			Event{At: at(7), Server: id, Action: SetWeight, Weight: 3})
	}
	return events
}

// played plays a scenario and returns the run.
func played(t *testing.T, c Config, policy tuner.Policy) *run {
	t.Helper()
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	r, err := newRun(c, policy)
	if err == nil {
		err = r.play()
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const randomScenarios = 60

// TestNothingIsLost plays random scenarios: every request that began is
// answered, failed or under way, and every open connection is somewhere.
func TestNothingIsLost(t *testing.T) {
	var all Errors
	for seed := range uint64(randomScenarios) {
		c, policy := anyScenario(seed)
		r := played(t, c, policy)
		got := r.result()
		if done := got.Answered + got.Failed.Sum() + got.InFlight; got.Requests != done {
			t.Errorf("seed %d: of %d requests %d are known: %+v", seed, got.Requests, done, got)
		}
		checkPlaces(t, seed, r)
		all = sumOf(all, got.Failed)
	}
	if all.Unserved == 0 || all.Refused == 0 || all.Reset == 0 || all.Rejected == 0 || all.Failing == 0 || all.Timeout == 0 {
		t.Errorf("some kind of failure never happened: %+v", all)
	}
}

func sumOf(a, b Errors) Errors {
	return Errors{a.Unserved + b.Unserved, a.Refused + b.Refused, a.Reset + b.Reset,
		a.Rejected + b.Rejected, a.Failing + b.Failing, a.Timeout + b.Timeout}
}

// checkPlaces compares the connections with the places that lead to them.
func checkPlaces(t *testing.T, seed uint64, r *run) {
	t.Helper()
	var phases [failing + 1]int
	for _, c := range r.connections.list[1:] {
		phases[c.phase]++
	}
	working, waiting := phases[working]+phases[deserted], phases[working]+phases[ignored]
	for i := range r.servers {
		working -= r.servers[i].station.present()
	}
	for id := r.patience.first; id != 0; id = r.connections.list[id].next {
		waiting--
	}
	if working != 0 || waiting != 0 || phases[resting] != r.timers.len() {
		t.Errorf("seed %d: %d requests at no server, %d clients do not wait, %d timers for %d that rest",
			seed, working, waiting, r.timers.len(), phases[resting])
	}
	if open := len(r.connections.list) - 1 - phases[nowhere]; open != r.connections.open || len(r.connections.list)-1 > r.connections.peak {
		t.Errorf("seed %d: %d connections are open, of %d, in %d places for %d at most",
			seed, open, r.connections.open, len(r.connections.list)-1, r.connections.peak)
	}
}

// TestLittlesLaw compares, in random scenarios without crashes, the integral of
// the requests in flight with the sum of their times.
func TestLittlesLaw(t *testing.T) {
	for seed := range uint64(randomScenarios) {
		c, policy := anyScenario(seed)
		c.MeasureFrom = 0
		c.Events = slices.DeleteFunc(c.Events, func(e Event) bool { return e.Action == Crash })
		r := played(t, c, policy)
		r.tally.flow(c.Duration, 0)
		e := r.tally.errors
		sum := r.tally.times.sum + time.Duration(e.Timeout)*c.Clients.Timeout + time.Duration(e.Rejected+e.Failing)*errorDelay
		for _, x := range r.connections.list {
			if x.phase.inFlight() {
				sum += c.Duration - x.began
			}
		}
		if e.Reset == 0 && math.Abs(float64(sum)-r.tally.area) > 1e-9*r.tally.area {
			t.Errorf("seed %d: the times sum to %v, the numbers to %v", seed, sum, time.Duration(r.tally.area))
		}
	}
}

// TestMarkHasManyAddresses runs a firewall mark's service with many addresses.
func TestMarkHasManyAddresses(t *testing.T) {
	c := scenario("dh", 200, 1, 1, 1, 1)
	c.Service.ID = ipvs.MarkService(ipvs.IPv4, 1)
	c.Clients.Destinations = Addresses{Prefix: netip.MustParsePrefix("10.9.0.0/16"), Count: 5000}
	for _, s := range outcome(t, c, Equal).Periods[0].Servers {
		if s.ShareRatio < 0.15 || s.ShareRatio > 0.35 {
			t.Errorf("%s gets the part %v of the connections", s.Server, s.ShareRatio)
		}
	}
}
