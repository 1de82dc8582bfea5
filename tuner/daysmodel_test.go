package tuner

import (
	"math"
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// memory is what is to be remembered of a service to tell what may not be done
// to it, in words of docs/safety.md. A crash loses what the state loses.
type memory struct {
	decisions     int // that were due since the service is new
	known         bool
	found, wanted map[ipvs.ServerID]uint32 // weights at the last decision
	out           map[ipvs.ServerID]bool   // those that the tuner had taken out by then
	edited        time.Time                // when somebody else was last seen to have changed a weight
	conflicts     int                      // in a row
	wrote         bool                     // the tuner, since then
	heard         time.Time
	told          map[ipvs.ServerID]time.Time // of what observations were the newest
}

// expect checks a plan against what the guards allow, and takes it in.
func (k *memory) expect(d *days, p *ServicePlan, seen []Observation, accused map[ipvs.ServerID]bool, early bool) {
	d.Helper()
	why := k.forbids(d, seen)
	if !early {
		k.decisions++
	}
	d.expectForm(p)
	if why != "" {
		d.happened[why]++
		for i := range p.Servers {
			if l := &p.Servers[i]; why == hasYielded && d.machines[i].ejected && (k.out[l.Server] || l.changes()) {
				d.expectLetGo(i, l)
			} else if l.changes() {
				d.Errorf("%s, and %s changes", why, l.Server)
			}
		}
	}
	d.expectAvailable(p)
	d.expectBounds(p)
	d.expectFewLowered(p)
	if panics := d.panics(p, accused); panics || k.silent(d) {
		d.happened[map[bool]string{true: "panic", false: "silence"}[panics]]++
		for i := range p.Servers {
			if l := &p.Servers[i]; l.Weight != l.PreviousWeight && l.PreviousWeight > 0 {
				d.Errorf("panic %t, silence %t, and %s changes", panics, k.silent(d), l.Server)
			}
		}
	}
	k.found, k.wanted, k.out = make(map[ipvs.ServerID]uint32), make(map[ipvs.ServerID]uint32), make(map[ipvs.ServerID]bool)
	for i := range p.Servers {
		l := &p.Servers[i]
		k.found[l.Server], k.wanted[l.Server], k.out[l.Server] = l.PreviousWeight, l.Weight, d.machines[i].ejected && l.out
		if l.Weight != l.PreviousWeight {
			k.wrote = true
			d.happened["weight written"]++
		}
	}
}

const hasYielded = "has yielded"

// expectLetGo wants a server that the tuner has taken out to come back as it was
// when the service is yielded.
func (d *days) expectLetGo(i int, l *ServerPlan) {
	d.Helper()
	c := d.service().Weights
	if want := min(max(d.machines[i].word.Weight, c.Min), c.Max); l.Weight != want {
		d.Errorf("%s, and %s gets weight %d, want %d", hasYielded, l.Server, l.Weight, want)
	}
	d.happened["let go"]++
}

// forbids returns why nothing at all may be written, "" where it may.
func (k *memory) forbids(d *days, seen []Observation) string {
	c := d.service()
	if !k.known {
		k.known, k.heard, k.told = true, d.now, make(map[ipvs.ServerID]time.Time)
	}
	if k.heard.After(d.now) {
		k.heard = d.now
	}
	said := make(map[ipvs.ServerID]int)
	for _, o := range seen {
		said[o.Server]++
	}
	for _, o := range seen {
		torn := said[o.Server] > 1 // the meter contradicts itself
		available := func(m *machine) bool { return m.ID == o.Server && m.Weight > 0 }
		last := k.told[o.Server]
		again := !o.Time.After(last) && !last.After(d.now.Add(d.cfg.Interval)) // which says nothing
		if slices.ContainsFunc(d.machines, available) && !again && !torn && d.now.Sub(o.Time) <= c.Guards.staleness(d.cfg.Interval) {
			k.heard, k.told[o.Server] = d.now, o.Time
		}
	}
	if d.strange(k) {
		if k.wrote || k.conflicts == 0 {
			k.conflicts = min(k.conflicts+1, 3)
		}
		if c.writers != "" {
			k.conflicts = 3
		}
		k.edited, k.wrote = d.now, false
	}
	if k.edited.After(d.now) {
		k.edited = d.now
	}
	since := d.now.Sub(k.edited)
	switch {
	case c.standby != "":
		return "is on standby"
	case k.conflicts == 3 && since < 24*time.Hour:
		return hasYielded
	case since < c.Settle:
		return "is to leave an edit alone"
	case k.decisions < int(c.Guards.ObserveFirst):
		return "is to observe"
	}
	if since > 10*c.Settle {
		k.conflicts = 0
	}
	return ""
}

// strange reports whether an available server has a weight that the tuner
// neither found nor wanted at the last decision. To drain a server, and to bring
// back what somebody has drained, is nothing strange.
func (d *days) strange(k *memory) bool {
	for _, m := range d.machines {
		found, there := k.found[m.ID]
		wanted := k.wanted[m.ID]
		drained := found == 0 && wanted == 0 && !k.out[m.ID]
		if m.Weight > 0 && there && !drained && m.Weight != found && m.Weight != wanted {
			return true
		}
	}
	return false
}

// silent reports whether nothing is heard for so long that weights stand, and
// not for so long that they go back. Where the director's counters tell
// latencies, something is always heard.
func (k *memory) silent(d *days) bool {
	g, lasts := d.service().Guards, d.now.Sub(k.heard)
	return d.service().Source.last() == "prom" && lasts > g.staleness(d.cfg.Interval) && (g.BaselineAfter == 0 || lasts < g.BaselineAfter-2*d.cfg.Interval)
}

// panics reports whether more servers fail than are taken to.
func (d *days) panics(p *ServicePlan, accused map[ipvs.ServerID]bool) bool {
	failing, all := 0, 0
	if d.service().Source.Errors != "prom" {
		return false
	}
	for i, m := range d.machines {
		out := m.ejected && p.Servers[i].out // but one that a crash kept from coming back
		if m.Weight == 0 && p.Servers[i].Weight == 0 && !out {
			continue
		}
		if all++; out || m.Weight > 0 && accused[m.ID] {
			failing++
		}
	}
	return float64(failing) > d.service().Guards.PanicRatio*float64(all)
}

// expectForm wants a line for each server, and reasons.
func (d *days) expectForm(p *ServicePlan) {
	d.Helper()
	if p.Reason == "" || p.Code == "" || p.Action == "" || len(p.Servers) != len(d.machines) {
		d.Fatalf("plan without a reason or some servers: %+v", p)
	}
	for i, m := range d.machines {
		l := &p.Servers[i]
		if l.Server != m.ID || l.PreviousWeight != m.Weight || l.previousThresholds() != (thresholds{m.UpperThreshold, m.LowerThreshold}) {
			d.Errorf("the plan has %+v of %+v", l, m.RealServer)
		}
		if (l.Weight > 0 || m.ejected) && l.Reason.String() == "" {
			d.Errorf("no reason for %s", l.Server)
		}
		if l.changes() && p.Action != Apply && l.Weight != l.PreviousWeight {
			d.Errorf("%s changes the weight of %s", p.Action, l.Server)
		}
	}
}

// expectAvailable wants what others drained to stay drained, and enough of the
// rest to stay in service.
func (d *days) expectAvailable(p *ServicePlan) {
	d.Helper()
	all, left, ejects, before, after := 0.0, 0.0, false, 0, 0
	for i, m := range d.machines {
		l := &p.Servers[i]
		if m.Weight == 0 && !m.ejected && l.changes() {
			d.Errorf("%s was drained by somebody else and is changed", m.ID)
		}
		all += float64(m.word.Weight)
		if m.Weight > 0 {
			before++
		}
		if l.Weight > 0 {
			after++
			left += float64(m.word.Weight)
		}
		ejects = ejects || m.Weight > 0 && l.Weight == 0
	}
	switch {
	case ejects && !d.service().Weights.Eject:
		d.Error("a weight becomes 0 without eject")
	case before > 0 && after == 0:
		d.Error("the last server is taken out")
	case ejects && left < d.service().Guards.MinAvailableRatio*all-1e-9:
		d.Errorf("%v of the weight of %v is left", left, all)
	}
}

// expectBounds wants weights within their bounds, and enough of them.
func (d *days) expectBounds(p *ServicePlan) {
	d.Helper()
	c, before, after, n, writes := d.service(), 0.0, 0.0, 0.0, false
	for i := range p.Servers {
		l := &p.Servers[i]
		before, after = before+float64(l.PreviousWeight), after+float64(l.Weight)
		if l.Weight > 0 {
			n++
		}
		if l.Weight == l.PreviousWeight {
			continue
		}
		writes = true
		if l.Weight > 0 && (l.Weight < c.Weights.Min || l.Weight > c.Weights.Max) {
			d.Errorf("%s gets weight %d", l.Server, l.Weight)
		}
	}
	if least := min(float64(c.Guards.MinWeightSum), n*float64(c.Weights.Max)); writes && after < least && after < before {
		d.Errorf("the sum of the weights is %v", after)
	}
}

// expectFewLowered wants no more servers to lose more than a fifth of their
// shares than may.
func (d *days) expectFewLowered(p *ServicePlan) {
	d.Helper()
	const rounding = 1e-9
	lowered, all := 0, 0
	for i := range p.Servers {
		l := &p.Servers[i]
		if l.ShareRatio == nil || l.Weight == 0 && l.PreviousWeight == 0 {
			continue
		}
		if all++; l.Weight > 0 && *l.ShareRatio < *l.PreviousShareRatio*(0.8-rounding) {
			lowered++
		}
	}
	if float64(lowered) > math.Floor(d.service().Guards.MaxLoweredRatio*float64(all)) {
		d.Errorf("%d of %d servers get plainly less", lowered, all)
	}
}
