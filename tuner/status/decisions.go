package status

import (
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

const (
	// mostDecisions is how many decisions are kept of a virtual service.
	mostDecisions = 10
	// mostChanges is how many changes of real servers are kept of a decision.
	mostChanges = 4
)

// Decision is one that changed something, or with which a guard began or ended.
type Decision struct {
	Time    time.Time      `json:"time"`
	Netns   string         `json:"netns,omitempty"`
	Service ipvs.ServiceID `json:"service"`
	Action  tuner.Action   `json:"action"`
	Code    tuner.Code     `json:"code"`
	Reason  string         `json:"reason"`
	Changes []Change       `json:"changes"` // the largest, by identity
	Changed int            `json:"changed"` // how many there were
}

// Change is one of a real server's weight.
type Change struct {
	Server ipvs.ServerID `json:"server"`
	Before uint32        `json:"before"`
	After  uint32        `json:"after"`
	Reason tuner.Reason  `json:"reason"`
}

// decide keeps a decision if it is to be. What a dry run would change is told
// once, and not again in each period until it is somebody's wish.
func (r *record) decide(p *tuner.ServicePlan, now time.Time, dryRun bool) {
	largest, all := changesOf(p)
	changed := p.Scheduler != "" || all > 0
	guarded := guardOf(p) != guardOf(&r.plan)
	again := dryRun && r.plan.Action == p.Action && r.plan.Code == p.Code
	if !guarded && (!changed || again) {
		return
	}
	d := Decision{Time: now, Netns: p.Netns, Service: p.Service, Action: p.Action, Code: p.Code, Reason: p.Reason,
		Changes: largest, Changed: all}
	if len(r.decisions) == mostDecisions {
		r.decisions = slices.Delete(r.decisions, 0, 1)
	}
	r.decisions = append(r.decisions, d)
}

// guardOf returns which guard decides; "" is none.
func guardOf(p *tuner.ServicePlan) tuner.Code {
	if p.Code.OfGuard() {
		return p.Code
	}
	return ""
}

// changesOf returns the changes by the largest factors, and how many there are
// in all.
func changesOf(p *tuner.ServicePlan) (largest []Change, all int) {
	largest = []Change{}
	bar := 0.0 // the smallest factor among as many as are kept
	for i := range p.Servers {
		s := &p.Servers[i]
		if s.Weight == s.PreviousWeight {
			continue
		}
		all++
		if all > mostChanges {
			if factor(s.PreviousWeight, s.Weight) <= bar {
				continue
			}
			out := smallest(largest)
			largest = slices.Delete(largest, out, out+1)
		}
		largest = append(largest, Change{s.Server, s.PreviousWeight, s.Weight, s.Reason})
		bar = largest[smallest(largest)].factor()
	}
	return largest, all
}

// smallest returns the place of the first of the changes by the smallest factor.
func smallest(changes []Change) int {
	at := 0
	for i := range changes {
		if changes[i].factor() < changes[at].factor() {
			at = i
		}
	}
	return at
}

func (c Change) factor() float64 { return factor(c.Before, c.After) }

// factor returns by how much a weight changes, up or down; to 0, or from there,
// is like one beyond 1.
func factor(before, after uint32) float64 {
	low, high := min(before, after), max(before, after)
	return (float64(high) + 1) / (float64(low) + 1)
}

// newest returns the newest decisions first, those of one moment in the order of
// their services.
func newest(all []Decision, most int) []Decision {
	slices.SortStableFunc(all, func(a, b Decision) int { return b.Time.Compare(a.Time) })
	return all[:min(most, len(all))]
}
