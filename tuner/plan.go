package tuner

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/scaling"
)

// Plan is what one step decided. Its JSON is that of the plan command.
type Plan struct {
	Time     time.Time     `json:"time"`
	Services []ServicePlan `json:"services"` // by network namespace and identity
}

// ServicePlan is the decision on a virtual service.
type ServicePlan struct {
	Netns       string          `json:"netns,omitempty"` // "" is the program's own
	Service     ipvs.ServiceID  `json:"service"`
	Policy      Policy          `json:"policy"`
	Action      Action          `json:"action"`
	Code        Code            `json:"-"`
	Reason      string          `json:"reason"`                // for people
	Source      string          `json:"source,omitempty"`      // of the latencies; "" where they do not matter
	Servers     []ServerPlan    `json:"servers"`               // by identity
	Autoscaling *scaling.Advice `json:"autoscaling,omitempty"` // nil: nothing is known

	// Mean latencies that are predicted, in seconds, by the servers' weights and by
	// their previous ones; 0 is not known.
	PredictedLatencySeconds         float64 `json:"predicted_latency_seconds,omitempty"`
	PreviousPredictedLatencySeconds float64 `json:"previous_predicted_latency_seconds,omitempty"`

	// Both are "" unless the scheduler is to be another.
	Scheduler         string `json:"scheduler,omitempty"`
	PreviousScheduler string `json:"previous_scheduler,omitempty"`

	limited  bool // the thresholds are the tuner's
	conflict bool // somebody else has changed a weight since the last step
}

// Action is what is to be done about a virtual service.
type Action string

const (
	// Apply writes what differs.
	Apply Action = "apply"
	// Hold writes nothing, since nothing is worth changing.
	Hold Action = "hold"
	// Skip writes nothing, since something forbids it.
	Skip Action = "skip"
)

// Code is the reason of a decision as one stable word, the metrics' label.
type Code string

// The codes; the first two go with Apply, CodeScheduler with Skip or, where the
// scheduler is changed, with Apply, the others with Hold.
const (
	CodeGain           Code = "gain"    // lower latency
	CodeFailing        Code = "failing" // a server is
	CodeJoined         Code = "joined"  // a server has
	CodeSlower         Code = "slower"  // a server is, most of all
	CodeFaster         Code = "faster"
	CodeScheduler      Code = "scheduler"
	CodeStatic         Code = "static"
	CodeOneServer      Code = "one_server" // or none that is available
	CodeNoObservations Code = "no_observations"
	CodeIdle           Code = "idle"
	CodeWaiting        Code = "waiting"  // for measurements of the weights that stand
	CodeSessions       Code = "sessions" // whose length is no latency
	CodeSettled        Code = "settled"  // latencies do not plainly differ
	CodeFull           Code = "full"     // all servers are, by their thresholds
	CodeSmall          Code = "small"    // what is allowed is not worth a write
	CodeRange          Code = "range"    // no weights from min to max fit

	// Of guards, which docs/safety.md explains; the first goes with Apply, the
	// next two with Skip, the others with Hold.
	CodeStale     Code = "stale"     // nothing is heard, and weights go back
	CodeStandby   Code = "standby"   // this director is not to write
	CodePlanned   Code = "planned"   // by another director
	CodeYielded   Code = "yielded"   // to somebody else who keeps changing weights
	CodeEdited    Code = "edited"    // by somebody else, a while ago
	CodeObserving Code = "observing" // a service that is new
	CodePanic     Code = "panic"     // too many servers fail for it to be their fault
)

// ServerPlan is the decision on a real server. A share that is not known is nil,
// any other measurement 0.
type ServerPlan struct {
	Server                    ipvs.ServerID `json:"server"`
	Weight                    uint32        `json:"weight"`
	PreviousWeight            uint32        `json:"previous_weight"`
	UpperThreshold            uint32        `json:"upper_threshold"`
	PreviousUpperThreshold    uint32        `json:"previous_upper_threshold"`
	LowerThreshold            uint32        `json:"lower_threshold"`
	PreviousLowerThreshold    uint32        `json:"previous_lower_threshold"`
	ShareRatio                *float64      `json:"share_ratio,omitempty"`          // of new connections, by Weight
	PreviousShareRatio        *float64      `json:"previous_share_ratio,omitempty"` // the same, by PreviousWeight
	LatencySeconds            float64       `json:"latency_seconds,omitzero"`
	CapacityRequestsPerSecond float64       `json:"capacity_requests_per_second,omitzero"`
	CapacityErrorRatio        float64       `json:"capacity_error_ratio,omitzero"` // its relative standard deviation
	Reason                    Reason        `json:"reason"`

	out bool // ejected, and watched all the same
}

// Tuned returns the virtual services whose latencies matter to the plan.
func (p *Plan) Tuned() []ipvs.ServiceID {
	var ids []ipvs.ServiceID
	for _, s := range p.Services {
		if s.tuned() {
			ids = append(ids, s.Service)
		}
	}
	return ids
}

// tuned reports whether the latencies of the virtual service matter.
func (s *ServicePlan) tuned() bool { return s.limited || s.Action != Skip && s.Policy != Static }

// OfGuard reports whether it is a guard that decides, and no policy.
func (c Code) OfGuard() bool {
	switch c {
	case CodeNoObservations, CodeFull, CodeRange,
		CodeStale, CodeStandby, CodePlanned, CodeYielded, CodeEdited, CodeObserving, CodePanic:
		return true
	}
	return false
}
