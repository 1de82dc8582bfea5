package tuner

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/limits"
)

// machine is a real server of a service that is tuned for days, and what is
// known of it by whoever made it.
type machine struct {
	ipvs.RealServer
	rate    float64 // requests per second that it bears
	fails   bool
	hangs   bool
	word    ipvs.RealServer // weight and thresholds as somebody else last set them
	ejected bool            // its weight of 0 is the tuner's
	lie     float64         // by what factor its meter is off
}

// days is a director whose one service is tuned while all kinds of things go
// wrong, in periods of simulated time.
type days struct {
	*testing.T
	random  *rand.Rand
	cfg     Config
	now     time.Time // by the director's clock
	periods int

	gone      int // periods for which the service is not there
	scheduler string
	ordered   string // scheduler that somebody else last set
	machines  []*machine
	last      byte // of the address of the newest
	meter     mood

	state    State
	memory   memory
	afresh   bool // nobody does anything until the next decision, which could not tell it from the tuner's
	insists  int  // periods for which somebody else changes what the tuner writes
	happened map[string]int
}

// mood is what goes wrong with a meter, for some periods each.
type mood struct{ silent, late, doubled, slander int }

func newDays(t *testing.T, seed uint64) *days {
	d := &days{T: t, random: rand.New(rand.NewPCG(seed, 24)), now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), happened: map[string]int{}}
	sources := [][2]string{{"prom", "prom"}, {"kernel", "prom"}, {"kernel", "kernel"}}[seed%3]
	d.cfg = withSource(sources[0], sources[1])
	d.cfg.Interval = 30 * time.Second
	s := &d.cfg.Services[0]
	s.Policy = []Policy{Optimize, Equalize, Optimize, InverseLatency, Overhead}[seed%5]
	d.scheduler = []string{"wrr", "wlc", "mh", "wrr", "sed", "sh"}[d.random.IntN(6)]
	if s.Policy == Overhead {
		d.scheduler = "wrr"
	}
	d.ordered = d.scheduler
	s.Weights = Weights{Min: 1 + uint32(d.random.IntN(2)*4), Max: []uint32{60, 1000, 65535}[d.random.IntN(3)], MaxChangeRatio: 0.3, Eject: seed%4 != 0}
	s.Settle = time.Duration(1+d.random.IntN(10)) * time.Minute
	if seed%2 == 0 {
		s.Thresholds.Policy = limits.Concurrency
	}
	s.Guards = Guards{
		ObserveFirst: uint32(d.random.IntN(4)), MinAvailableRatio: 0.3 + 0.5*d.random.Float64(), MaxLoweredRatio: 0.3 + 0.5*d.random.Float64(),
		PanicRatio: 0.3 + 0.4*d.random.Float64(), MinWeightSum: uint32(d.random.IntN(2) * 100),
		MaxStaleness: time.Duration(d.random.IntN(2)) * 2 * time.Minute, BaselineAfter: time.Duration(d.random.IntN(3)) * 10 * time.Minute,
	}
	if seed%7 == 6 {
		s.Scheduler = d.scheduler
	}
	for range 3 + d.random.IntN(5) {
		d.join()
	}
	return d
}

func (d *days) service() *ServiceConfig { return &d.cfg.Services[0] }

func (d *days) once(in int) bool { return d.random.IntN(in) == 0 }

func (d *days) any() *machine { return d.machines[d.random.IntN(len(d.machines))] }

// join adds a real server with a weight of somebody else's.
func (d *days) join() {
	d.last = d.last%250 + 1
	m := &machine{rate: 20 + 200*d.random.Float64(), lie: 1}
	m.ID = ipvs.ServerID{AddrPort: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 1, d.last}), 80)}
	d.machines = slices.DeleteFunc(d.machines, func(o *machine) bool { return o.ID == m.ID })
	d.machines = append(d.machines, m)
	slices.SortFunc(d.machines, func(a, b *machine) int { return a.ID.Compare(b.ID) })
	d.order(m, d.otherWeight(m))
	d.bound(m)
}

// otherWeight returns a weight above 0 by which somebody else's hand is seen:
// what the tuner found or wanted can be told from nobody's.
func (d *days) otherWeight(m *machine) uint32 {
	for {
		w := 1 + uint32(d.random.IntN(200))
		if w != m.Weight && w != d.memory.found[m.ID] && w != d.memory.wanted[m.ID] {
			return w
		}
	}
}

// order has somebody else set a weight.
func (d *days) order(m *machine, weight uint32) {
	if weight == m.Weight {
		return
	}
	m.Weight, m.word.Weight, m.ejected = weight, weight, false
}

// bound has somebody else set thresholds; not both the same, as the tuner does.
func (d *days) bound(m *machine) {
	m.LowerThreshold = 1 + uint32(d.random.IntN(1000))
	m.UpperThreshold = m.LowerThreshold + 1 + uint32(d.random.IntN(1000))
	m.word.UpperThreshold, m.word.LowerThreshold = m.UpperThreshold, m.LowerThreshold
}

// table returns what the director has.
func (d *days) table() *ipvs.Table {
	if d.gone > 0 {
		return &ipvs.Table{}
	}
	v := ipvs.VirtualService{ID: plantService, Scheduler: d.scheduler}
	for _, m := range d.machines {
		v.Servers = append(v.Servers, m.RealServer)
	}
	return &ipvs.Table{Services: []ipvs.VirtualService{v}}
}

// weights returns those of the machines.
func (d *days) weights() []uint32 {
	var weights []uint32
	for _, m := range d.machines {
		weights = append(weights, m.Weight)
	}
	return weights
}

// work lets time pass in which clients come.
func (d *days) work(span time.Duration) {
	d.now = d.now.Add(span)
	demand := 0.0
	for _, m := range d.machines {
		demand += m.rate / 3
	}
	if d.periods/480%5 == 4 {
		demand *= 2.5
	}
	for i, share := range SharesOf(d.weights()) {
		m := d.machines[i]
		rate := share * demand
		m.Stats.Connections += uint64(rate*span.Seconds()*(0.95+0.1*d.random.Float64()) + 0.5)
		m.InactiveConnections = uint32(60 * rate)
		switch {
		case m.hangs:
			m.ActiveConnections = min(m.ActiveConnections+uint32(rate*span.Seconds()), 1e6)
		case m.fails:
			m.ActiveConnections = 1
		default:
			m.ActiveConnections = uint32(rate*m.latency(rate) + 0.5)
		}
	}
}

// latency returns the seconds that a request takes at a rate.
func (m *machine) latency(rate float64) float64 { return min(1/max(m.rate-rate, 0.2), 5) }

// observe returns what the meter says, and which servers it plainly says to
// fail; it may be wrong in many ways.
func (d *days) observe() (seen []Observation, accused map[ipvs.ServerID]bool) {
	accused = map[ipvs.ServerID]bool{}
	if d.meter.silent > 0 {
		return nil, accused
	}
	end := d.now
	if d.meter.late > 0 {
		end = end.Add(-d.service().Guards.staleness(d.cfg.Interval) - time.Second)
	}
	for _, m := range d.machines {
		errors, latency := 0.0, m.latency(m.rate/3)*m.lie*(0.9+0.2*d.random.Float64())
		if m.fails || d.meter.slander > 0 && m.ID.Addr().As4()[3]%4 != 0 {
			errors, latency = 0.9, 0.001
		}
		if m.hangs {
			errors, latency = 1, 10
		}
		o := Observation{Source: "prom", Service: plantService, Server: m.ID, Time: end, LatencySeconds: &latency, RequestsPerSecond: new(50.0), ErrorRatio: &errors}
		idle := m.ActiveConnections < presentAtLeast // else it may fail since too much waits
		if accused[m.ID] = errors > 0.5 && idle && d.meter.late == 0; d.meter.doubled > 0 && d.once(2) {
			other := o
			other.LatencySeconds, other.ErrorRatio = new(latency*1000), new(1-errors)
			seen, accused[m.ID] = append(seen, other), false
		}
		seen = append(seen, o)
	}
	if d.meter.doubled > 0 {
		d.random.Shuffle(len(seen), func(i, j int) { seen[i], seen[j] = seen[j], seen[i] })
	}
	return seen, accused
}

// carryOut writes a plan as the director takes it: some of it not, and nothing
// of a weight that somebody has changed meanwhile.
func (d *days) carryOut(p *ServicePlan) {
	if p.Scheduler != "" && !d.once(20) {
		d.scheduler = p.Scheduler
	}
	refused := d.once(20)
	if d.once(100) && !d.afresh {
		d.happened["edit between plan and write"]++
		d.afresh = true
		m := d.any()
		d.order(m, []uint32{0, d.otherWeight(m)}[d.random.IntN(2)])
	}
	for i := range p.Servers {
		line := &p.Servers[i]
		if !line.changes() {
			continue
		}
		m, e := d.machines[i], line.edit().Edit
		if e.IfWeight != nil && m.Weight != *e.IfWeight {
			d.state.unwritten(p.Service, line, ipvs.ErrChanged)
			continue
		}
		if refused && d.once(2) {
			d.state.unwritten(p.Service, line, ipvs.ErrNotPermitted)
			continue
		}
		if e.Weight != nil {
			m.Weight, m.ejected = *e.Weight, *e.Weight == 0
		}
		if e.UpperThreshold != nil {
			m.UpperThreshold, m.LowerThreshold = *e.UpperThreshold, *e.LowerThreshold
		}
	}
}

// throughText returns the state as a saved one is read, and wants that to be
// saved as the same text.
func (d *days) throughText(s State) State {
	d.Helper()
	text, err := States{"": s}.text()
	if err != nil {
		d.Fatal(err)
	}
	states, err := parseStates(text, "state")
	if err != nil {
		d.Fatal(err)
	}
	if again, err := states.text(); err != nil || string(again) != string(text) {
		d.Fatalf("state %v\n%s\nbecame\n%s", err, text, again)
	}
	return states[""]
}

// pass lets a period pass, and checks all that is decided in it.
func (d *days) pass() {
	d.periods++
	if !d.afresh {
		d.happen()
	}
	d.afresh = false
	half := d.cfg.Interval / 2
	d.work(half)
	if d.once(3) {
		d.state.Sample(plantService, d.sampled(), d.cfg.Interval, d.now)
		if why := d.state.Alarm(plantService, d.sampled(), nil, d.now); d.gone == 0 && (why != "" || d.once(20)) {
			d.happened["early decision"]++
			d.decide(Alarms{plantService: why + "looks odd"})
		}
	}
	d.work(half)
	d.decide(nil)
}

func (d *days) sampled() []ipvs.RealServer {
	if d.gone > 0 {
		return nil
	}
	return d.table().Services[0].Servers
}

// decide makes a decision, early ones only of what there is an alarm of.
func (d *days) decide(alarms Alarms) {
	table := d.table()
	seen, accused := d.observe()
	if alarms != nil {
		seen, accused = nil, nil
	}
	plan, next := step(d.cfg, d.state, table, seen, alarms, d.now)
	remembered := d.memory
	if d.gone > 0 {
		remembered = memory{}
	} else {
		remembered.expect(d, &plan.Services[0], seen, accused, alarms != nil)
	}
	if d.Failed() {
		d.Logf("period %d, the meter accuses %v: %s", d.periods, accused, told(plan))
		d.FailNow()
	}
	saved := d.throughText(next)
	if d.once(100) && alarms == nil {
		d.happened["crash before the save"]++
		d.state, d.afresh = d.throughText(d.state), true
		return
	}
	if d.state, d.memory = next, remembered; d.once(100) {
		d.happened["restart"]++
		d.state = saved
	}
	if d.once(200) {
		d.happened["crash before the writes"]++
		d.afresh = true
		return
	}
	if d.gone == 0 {
		d.carryOut(&plan.Services[0])
		d.expectRestored()
	}
}

// told returns a plan for people.
func told(p Plan) string {
	text := ""
	for _, s := range p.Services {
		text += fmt.Sprintf("%s %s: %s\n", s.Action, s.Code, s.Reason)
		for _, l := range s.Servers {
			text += fmt.Sprintf("  %s %d -> %d, thresholds %v -> %v: %s", l.Server, l.PreviousWeight, l.Weight, l.previousThresholds(), l.thresholds(), l.Reason)
			if l.ShareRatio != nil {
				text += fmt.Sprintf(" (%.3f -> %.3f)", *l.PreviousShareRatio, *l.ShareRatio)
			}
			text += "\n"
		}
	}
	return text
}

// expectRestored wants restore to give back what somebody else last set.
func (d *days) expectRestored() {
	d.Helper()
	v := &d.table().Services[0]
	scheduler := v.Scheduler
	for _, s := range d.state.Baseline[plantService].restore(plantService, v) {
		if s.scheduling != nil {
			scheduler = s.scheduling.Scheduler
		}
		for i := range v.Servers {
			if r := &v.Servers[i]; r.ID == s.result.Of.Server {
				if s.edit.Weight != nil {
					r.Weight = *s.edit.Weight
				}
				if s.edit.UpperThreshold != nil {
					r.UpperThreshold, r.LowerThreshold = *s.edit.UpperThreshold, *s.edit.LowerThreshold
				}
			}
		}
	}
	if scheduler != d.ordered {
		d.Errorf("period %d: restore gives back scheduler %s and not %s", d.periods, scheduler, d.ordered)
	}
	for i, m := range d.machines {
		r := v.Servers[i]
		if r.Weight != m.word.Weight || r.UpperThreshold != m.word.UpperThreshold || r.LowerThreshold != m.word.LowerThreshold {
			d.Fatalf("period %d: restore gives %s weight %d, thresholds %d %d where %d, %d %d were set; has %+v", d.periods, m.ID, r.Weight, r.UpperThreshold, r.LowerThreshold,
				m.word.Weight, m.word.UpperThreshold, m.word.LowerThreshold, m.RealServer)
		}
	}
}

// Tuned for 24 days in which about everything goes wrong that can, nothing is
// done that is not to be done, and at each moment there is the way back.
func TestDaysOfFaults(t *testing.T) {
	const trials = 24
	for seed := range uint64(trials) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			d := newDays(t, seed)
			for range 24 * 24 * time.Hour / trials / d.cfg.Interval {
				d.pass()
			}
			t.Logf("%s %s: %v", d.service().Policy, d.scheduler, d.happened)
		})
	}
}
