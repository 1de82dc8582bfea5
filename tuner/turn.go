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
	inputs  *inputs          // of the plan, until it is carried out
}

// turn reads the namespace and makes its decision. It returns the state for
// the next one, which is the one given where there is nothing to decide.
func (n Netns) turn(c Config, known State, observations []Observation, now time.Time) (turn, State, error) {
	table, c, err := n.Read(c)
	t := turn{Netns: n, config: c, failed: err != nil}
	if err != nil || table == nil {
		return t, known, err
	}
	t.inputs = &inputs{table, known, observationsIn(n.name(), observations)}
	t.plan, known = Step(c, known, table, t.inputs.observations, now)
	t.watched, t.sampled = t.plan.Tuned(), c.counted(t.plan)
	return t, known, nil
}

// forget gives back what the decisions were made of.
func forget(turns []turn) {
	for i := range turns {
		if t := &turns[i]; t.inputs != nil {
			t.Director.Reuse(t.inputs.table)
			t.inputs = nil
		}
	}
}

// audit begins the line of the audit log for a service's plan.
func (t *turn) audit(p *ServicePlan) auditLine {
	return auditLine{Time: t.plan.Time, Netns: t.name(), Service: p.Service, Policy: p.Policy, Action: p.Action, Code: p.Code, Reason: p.Reason}
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
