package status

import (
	"encoding/json"
	"math"
	"strconv"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/scaling"
)

// Head is what each view tells of the loop. Its JSON, as that of all views, is
// explained in docs/status.md.
type Head struct {
	Time            time.Time `json:"time,omitzero"` // of the last decision; zero before the first
	IntervalSeconds float64   `json:"interval_seconds"`
	DryRun          bool      `json:"dry_run"`
	Late            bool      `json:"late"`     // the next decision is overdue
	Failing         int       `json:"failing"`  // what cannot be done
	Failures        []Failure `json:"failures"` // the first of them

	Absent []tuner.Absent `json:"absent,omitempty"` // sources that others stand in for
}

// Failure is something that cannot be done, as [tuner.Failure].
type Failure struct {
	What    string         `json:"what"`
	Netns   string         `json:"netns,omitempty"`
	Service ipvs.ServiceID `json:"service,omitzero"`
	Server  ipvs.ServerID  `json:"server,omitzero"`
	Error   string         `json:"error,omitempty"`
}

// List is the virtual services that were asked for.
type List struct {
	Head
	Total     int        `json:"services_total"`
	Matching  int        `json:"services_matching"`
	Page      int        `json:"page"` // from 1
	Pages     int        `json:"pages"`
	Codes     []Count    `json:"codes"`
	Services  []Service  `json:"services"`  // those of the page
	Decisions []Decision `json:"decisions"` // the newest first, of the services that match
}

// Count is how many virtual services have a code.
type Count struct {
	Code     string `json:"code"`
	Services int    `json:"services"`
}

// Service is a virtual service by the last decision on it.
type Service struct {
	Netns            string          `json:"netns,omitempty"`
	Service          ipvs.ServiceID  `json:"service"`
	Policy           tuner.Policy    `json:"policy"`
	Source           string          `json:"source,omitempty"` // of the latencies
	Time             time.Time       `json:"time"`
	Action           tuner.Action    `json:"action"`
	Code             tuner.Code      `json:"code"`
	Guard            bool            `json:"guard"`  // it is a guard that decides
	Unread           bool            `json:"unread"` // all of this is old, since the table could not be read
	Reason           string          `json:"reason"`
	Servers          int             `json:"servers_total"`
	AvailableServers int             `json:"servers_available"`
	Latency          float64         `json:"latency_seconds,omitzero"` // mean by shares; 0 is not known
	Autoscaling      *scaling.Advice `json:"autoscaling,omitempty"`
	History          *ServiceHistory `json:"history,omitempty"`
}

// ServiceHistory is the last hour of a virtual service.
type ServiceHistory struct {
	Start       time.Time `json:"start"`
	StepSeconds float64   `json:"step_seconds"`
	Latency     Values    `json:"latency_seconds"`
	Demand      Values    `json:"demand_requests_per_second"`
	Capacity    Values    `json:"capacity_requests_per_second"`
	Utilization Values    `json:"utilization_ratio"`
}

// Detail is one virtual service with its real servers.
type Detail struct {
	Head
	Service   Service    `json:"service"`
	Page      int        `json:"page"` // of the servers, from 1
	Pages     int        `json:"pages"`
	Servers   []Server   `json:"servers"`   // those of the page
	Decisions []Decision `json:"decisions"` // the newest first
}

// Server is a real server as the last decision left it. What is not known is 0
// or nil.
type Server struct {
	Server         ipvs.ServerID  `json:"server"`
	Weight         uint32         `json:"weight"`
	Wanted         *uint32        `json:"wanted_weight,omitempty"` // in a dry run, that would be another
	UpperThreshold uint32         `json:"upper_threshold"`
	LowerThreshold uint32         `json:"lower_threshold"`
	Share          *float64       `json:"share_ratio,omitempty"`
	Latency        float64        `json:"latency_seconds,omitzero"`
	Capacity       float64        `json:"capacity_requests_per_second,omitzero"`
	CapacityError  float64        `json:"capacity_error_ratio,omitzero"`
	Reason         tuner.Reason   `json:"reason"`
	History        *ServerHistory `json:"history,omitempty"`
}

// ServerHistory is the last hour of a real server, in the steps of its service's.
type ServerHistory struct {
	Weight   Values `json:"weight"`
	Share    Values `json:"share_ratio"`
	Latency  Values `json:"latency_seconds"`
	Capacity Values `json:"capacity_requests_per_second"`
}

// Values are of one slot after the other; NaN is not known, and null in JSON.
type Values []float32

// MarshalJSON implements json.Marshaler.
func (v Values) MarshalJSON() ([]byte, error) {
	text := []byte{'['}
	for i, value := range v {
		if i > 0 {
			text = append(text, ',')
		}
		if f := float64(value); math.IsNaN(f) || math.IsInf(f, 0) {
			text = append(text, "null"...)
		} else {
			text = strconv.AppendFloat(text, f, 'g', 4, 32)
		}
	}
	return append(text, ']'), nil
}

var _ json.Marshaler = Values(nil)

// column returns one value of each point.
func column(points []point, value int) Values {
	v := make(Values, len(points))
	for i := range points {
		v[i] = points[i][value]
	}
	return v
}
