package prometheus

import (
	"math"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sources/problems"
)

// mostExcess is by what part errors may be above the requests and pass for all
// of them: the two rates are extrapolated from series of their own.
const mostExcess = 0.1

// answers are those to the three queries.
type answers struct{ latency, requests, errors readings }

// observations returns what the answers tell of the servers, and adds to wrong
// what they say that cannot be.
func (a answers) observations(servers []tuner.Target, wrong *problems.List) []tuner.Observation {
	var observations []tuner.Observation
	for _, t := range servers {
		o := tuner.Observation{Netns: t.Netns, Service: t.Service, Server: t.Server}
		a.takeRequests(&o, t, wrong)
		a.takeErrors(&o, t, wrong)
		a.takeLatency(&o, t, wrong)
		if o.LatencySeconds != nil || o.RequestsPerSecond != nil {
			observations = append(observations, o)
		}
	}
	return observations
}

func (a answers) takeRequests(o *tuner.Observation, t tuner.Target, wrong *problems.List) {
	r, ok := a.requests.get(t)
	switch {
	case !ok:
	case !counts(r.value):
		wrong.Add("query requests: %v of %s is no number of requests per second", r.value, t)
	default:
		o.RequestsPerSecond, o.Time = &r.value, r.time
	}
}

// takeErrors takes the ratio of errors where there are requests. A server
// without a series of errors has had none, as a counter of them appears with
// the first one.
func (a answers) takeErrors(o *tuner.Observation, t tuner.Target, wrong *problems.List) {
	if !a.errors.known || o.RequestsPerSecond == nil || *o.RequestsPerSecond == 0 {
		return
	}
	r, there := a.errors.of[t]
	switch ratio := r.value / *o.RequestsPerSecond; {
	case there && r.twice:
	case !counts(r.value):
		wrong.Add("query errors: %v of %s is no number of errors per second", r.value, t)
	case ratio > 1+mostExcess:
		wrong.Add("query errors: %v per second of %s are more than its requests, %v", r.value, t, *o.RequestsPerSecond)
	default:
		o.ErrorRatio = new(min(1, ratio))
	}
}

// takeLatency takes the mean latency, which a server without requests has not:
// its rates give 0/0 then.
func (a answers) takeLatency(o *tuner.Observation, t tuner.Target, wrong *problems.List) {
	r, ok := a.latency.get(t)
	idle := o.RequestsPerSecond != nil && *o.RequestsPerSecond == 0
	switch {
	case !ok, idle && math.IsNaN(r.value):
	case !counts(r.value):
		wrong.Add("query latency: %v of %s is no latency in seconds", r.value, t)
	default:
		o.LatencySeconds, o.Time = &r.value, r.time
	}
}

// counts reports whether a value can be a latency or a rate.
func counts(x float64) bool { return x >= 0 && !math.IsInf(x, 1) }
