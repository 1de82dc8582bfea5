package tuner

import (
	"fmt"
	"math"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

const (
	// mostConflicts is how many times in a row the tuner writes and somebody else
	// changes that until it yields.
	mostConflicts = 3
	// yields is for how long it does.
	yields = 24 * time.Hour
	// forgets is how many times as long as an edit is left alone it is remembered.
	forgets = 10
)

// guarding is what the guards of a virtual service remember.
type guarding struct {
	Observed  float64 `json:"observed,omitempty"`  // periods since the service is new, as far as they matter
	Sum       float64 `json:"sum,omitempty"`       // of the weights at the last step
	Edited    stamp   `json:"edited,omitzero"`     // when somebody else last changed a weight; zero is never
	Conflicts int     `json:"conflicts,omitempty"` // such edits in a row, each after a write of the tuner's
	Wrote     bool    `json:"wrote,omitempty"`     // the tuner, since then
	Heard     stamp   `json:"heard,omitzero"`      // when something was last measured, or there was nothing to measure
	Forbidden bool    `json:"forbidden,omitempty"` // by the last step, to write anything
}

func (g *guarding) sound() bool {
	return g.Observed >= 0 && g.Sum >= 0 && g.Sum <= mostServers*mostWeight && g.Conflicts >= 0 && g.Conflicts <= mostConflicts
}

// mostServers bounds what a sum of weights can be.
const mostServers = 1 << 24

// forbid returns why nothing is to be written to a virtual service, nil where
// nothing speaks against it.
func (c *ServiceConfig) forbid(g *guarding, at moment) *decision {
	if g.Edited > at.now { // the clock was set back
		g.Edited = at.now
	}
	since := at.now.sub(g.Edited)
	switch settling := !g.Edited.IsZero() && since < c.Settle; {
	case c.standby != "":
		return &decision{action: Skip, code: CodeStandby, reason: c.standby}
	case g.Conflicts == mostConflicts && since < yields:
		return &decision{action: Skip, code: CodeYielded, reason: "somebody else keeps changing weights" + c.others() +
			", who has the service until " + clock(g.Edited.add(yields))}
	case settling:
		hold := hold(CodeEdited, "somebody else has changed weights"+c.others()+", which are left alone until "+clock(g.Edited.add(c.Settle)))
		return &hold
	case g.Observed < float64(c.Guards.ObserveFirst):
		hold := hold(CodeObserving, fmt.Sprintf("is new, and looked at for %.0f more periods before anything is written", float64(c.Guards.ObserveFirst)-g.Observed))
		return &hold
	}
	if since > forgets*c.Settle {
		g.Conflicts = 0
	}
	return nil
}

// guard takes in whether there is a conflict, and returns why nothing is to be
// written, nil where nothing speaks against it.
func (c *ServiceConfig) guard(g *guarding, conflict bool, at moment) *decision {
	if conflict {
		c.conflict(g, at)
	}
	forbidden := c.forbid(g, at)
	if !at.early {
		g.Observed = min(g.Observed+1, float64(c.Guards.ObserveFirst))
	}
	g.Forbidden = forbidden != nil
	return forbidden
}

// onlyObserve returns why a decision is not carried out, with that itself in
// words.
func (s *serviceState) onlyObserve(forbidden, d decision) decision {
	for i := range s.Servers {
		s.Servers[i].Aim = 0
	}
	forbidden.reason += "; otherwise: " + d.reason
	return forbidden
}

// guarded takes in what came of a step.
func (s *serviceState) guarded(f *fleet, p *ServicePlan) {
	g := &s.Guard
	g.Sum = 0
	for i := range f.servers {
		g.Sum += float64(f.servers[i].Weight)
	}
	for i := range p.Servers {
		g.Wrote = g.Wrote || p.Servers[i].Weight != p.Servers[i].PreviousWeight
	}
}

// others names those who are known to write weights on this director.
func (c *ServiceConfig) others() string {
	if c.writers == "" {
		return ""
	}
	return ", which may be " + c.writers
}

// conflict takes in that somebody else has changed a weight. One who is known
// to write weights has the service at once.
func (c *ServiceConfig) conflict(g *guarding, at moment) {
	if g.Wrote || g.Conflicts == 0 {
		g.Conflicts = min(g.Conflicts+1, mostConflicts)
	}
	if c.writers != "" {
		g.Conflicts = mostConflicts
	}
	g.Edited, g.Wrote = at.now, false
}

// edited reports whether somebody else has changed the weight of an available
// server since the last step. A server that was quiescent, or is, is no matter
// of weights: whoever drained it brings it back.
func (s *serviceState) edited(servers []ipvs.RealServer, written baseline) bool {
	if s.Guard.Sum == 0 {
		return false
	}
	known, kept := s.Servers, written.Servers
	for i := range servers {
		v := &servers[i]
		before := find(&known, v.ID)
		if v.Weight == 0 || before == nil || before.Share == 0 {
			continue
		}
		for len(kept) > 0 && kept[0].Server.Compare(v.ID) < 0 {
			kept = kept[1:]
		}
		if len(kept) > 0 && kept[0].Server == v.ID && kept[0].Weight.touched() {
			if !kept[0].Weight.ours(v.Weight) {
				return true
			}
		} else if math.Round(before.Share*s.Guard.Sum) != float64(v.Weight) {
			return true
		}
	}
	return false
}

// clock returns a time for people.
func clock(t stamp) string { return t.time().Format("2006-01-02 15:04 MST") }
