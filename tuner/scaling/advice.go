package scaling

import (
	"math"
	"time"
)

// Advice is how things stand with a virtual service and how many real servers
// it needs. Its JSON is that of a plan. What is not known is nil.
type Advice struct {
	Demand      float64  `json:"demand_requests_per_second"`
	Capacity    *float64 `json:"capacity_requests_per_second,omitempty"` // of the available servers
	Utilization *float64 `json:"utilization_ratio,omitempty"`            // demand over capacity
	Desired     *uint32  `json:"desired_servers,omitempty"`
}

// State is what is remembered from one advice to the next. The zero State
// knows nothing.
type State struct {
	Time    time.Time `json:"time,omitzero"` // of the last reading
	Demand  demand    `json:"demand"`
	Desired uint32    `json:"desired_servers,omitempty"` // 0 before the first advice
	Low     low       `json:"low,omitzero"`
}

// Sound reports whether the values are among those that an advice leaves.
func (s State) Sound() bool {
	d := s.Demand
	return d.PerSecond >= 0 && d.PerSecond < math.Inf(1) && d.Variance >= 0 && d.Variance < math.Inf(1) &&
		(s.Low.Since.IsZero() || s.Low.Servers < s.Desired)
}

// Advise takes in a load. It returns nil where the load is none that can be,
// and says nothing of the servers as long as too few capacities are known.
func (c Settings) Advise(known State, load Load, now time.Time) (*Advice, State) {
	if !load.sound() {
		return nil, known
	}
	elapsed := now.Sub(known.Time)
	if known.Time.IsZero() || elapsed < 0 || elapsed > longestGap {
		known = State{Desired: known.Desired}
		elapsed = 0
	}
	known.Time = now
	known.Demand = known.Demand.take(load.RequestsPerSecond, load.StandardError, elapsed)
	advice := &Advice{Demand: known.Demand.PerSecond}
	capacity, capacityError, ok := load.capacity()
	if !ok {
		known.Low = low{}
		return advice, known
	}
	utilization := advice.Demand / capacity
	if known.Desired == 0 {
		known.Desired = uint32(len(load.Servers))
	}
	n := need{servers: float64(float64(len(load.Servers))*utilization) / c.TargetUtilization}
	if advice.Demand > 0 {
		e := math.Sqrt(known.Demand.Variance) / advice.Demand
		n.relativeError = math.Sqrt(float64(e*e) + float64(capacityError*capacityError))
	}
	known = c.settle(known, n, now)
	advice.Capacity, advice.Utilization, advice.Desired = &capacity, &utilization, &known.Desired
	return advice, known
}
