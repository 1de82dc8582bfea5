package tuner

import (
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// turn is one network namespace's part in a decision.
type turn struct {
	Netns
	config  Config // of its services
	plan    Plan
	watched []ipvs.ServiceID // that are tuned
	sampled []ipvs.ServiceID // whose latencies are those of the director's counters, or whose thresholds are the tuner's
	failed  bool             // its table could not be read
}

// turn reads the namespace and makes its decision. It returns the state for
// the next one, which is the one given where there is nothing to decide.
func (n Netns) turn(c Config, known State, observations []Observation, now time.Time) (turn, State, error) {
	table, c, err := n.Read(c)
	t := turn{Netns: n, config: c, failed: err != nil}
	if err != nil || table == nil {
		return t, known, err
	}
	t.plan, known = Step(c, known, table, observationsIn(n.name(), observations), now)
	n.Director.Reuse(table)
	t.watched, t.sampled = t.plan.Tuned(), c.counted(t.plan)
	return t, known, nil
}

// observationsIn returns the observations of one network namespace.
func observationsIn(netns string, observations []Observation) []Observation {
	elsewhere := func(o Observation) bool { return o.Netns != netns }
	if !slices.ContainsFunc(observations, elsewhere) {
		return observations
	}
	return slices.DeleteFunc(slices.Clone(observations), elsewhere)
}

// whole returns the plan of all turns together.
func whole(turns []turn, now time.Time) Plan {
	p := Plan{Time: instant(now), Services: []ServicePlan{}}
	for _, t := range turns {
		for _, s := range t.plan.Services {
			s.Netns = t.name()
			p.Services = append(p.Services, s)
		}
	}
	return p
}

// Decide makes one decision for each of the network namespaces. It returns the
// states for the next one, those of other namespaces as they are.
func Decide(c Config, states States, found []Netns, observations []Observation, now time.Time) (Plan, States, error) {
	next := states.clone()
	var turns []turn
	for _, n := range found {
		t, state, err := n.turn(c, states[n.File], observations, now)
		if err != nil {
			return Plan{}, nil, err
		}
		turns = append(turns, t)
		next[n.File] = state
	}
	return whole(turns, now), next, nil
}
