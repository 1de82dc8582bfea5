package scaling

import (
	"math"
	"time"
)

const (
	// tolerance is by how much of itself the need may differ from the servers
	// desired, as with Kubernetes's autoscaler.
	tolerance = 0.1
	// doubt is how many standard errors a need has to be above the servers
	// desired.
	doubt = 2.0
	// longestGap is that between two readings after which what is remembered
	// of the load is worth nothing: three of the tuner's longest intervals.
	longestGap = 30 * time.Minute
)

// need is how many servers would be used to the target.
type need struct {
	servers       float64
	relativeError float64
}

// low is a time in which fewer servers than desired would have done.
type low struct {
	Since   time.Time `json:"since,omitzero"` // zero: it is not such a time
	Servers uint32    `json:"servers"`        // most that were needed in it
}

// settle returns the state with the desired servers that follow: more at once,
// fewer when fewer have done for long enough, and then the most of these.
func (c Settings) settle(s State, n need, now time.Time) State {
	desired := c.bound(float64(s.Desired))
	fewer := c.bound(float64(n.servers * (1 + n.relativeError)))
	switch {
	case n.servers > float64(float64(desired)*(1+c.margin(n))):
		s.Desired, s.Low = max(desired, c.bound(n.servers)), low{}
		return s
	case fewer >= desired || float64(fewer) > float64((1-tolerance)*float64(desired)):
		s.Desired, s.Low = desired, low{}
		return s
	case s.Low.Since.IsZero():
		s.Low = low{Since: now}
	}
	s.Desired, s.Low.Servers = desired, max(s.Low.Servers, fewer)
	if now.Sub(s.Low.Since) >= c.ScaleDownAfter {
		s.Desired, s.Low = s.Low.Servers, low{}
	}
	return s
}

// margin is how far above the servers desired a need counts: beyond noise, but
// at most half of what would saturate them.
func (c Settings) margin(n need) float64 {
	return min(max(tolerance, float64(doubt*n.relativeError)), (1/c.TargetUtilization-1)/2)
}

// bound returns the whole servers that a need takes, within the bounds.
func (c Settings) bound(servers float64) uint32 {
	return uint32(math.Ceil(min(max(servers-rounding, float64(c.Min)), float64(c.Max))))
}

// rounding is below any need: what is left of a whole number by reckoning it.
const rounding = 1e-9
