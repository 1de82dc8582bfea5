package sim

import (
	"fmt"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// FieldError is a mistake in a scenario.
type FieldError struct {
	Field string // as servers[2].service_time.mean
	Text  string // what is wrong with it
}

// Error returns "FIELD: TEXT".
func (e *FieldError) Error() string { return e.Field + ": " + e.Text }

// longest is the longest run and the longest time in one: PCG and float64 bear
// more, the latter counts nanoseconds exactly up to 104 days.
const longest = 90 * 24 * time.Hour

// checker collects the first mistake.
type checker struct{ err *FieldError }

func (c *checker) fail(field, format string, args ...any) {
	if c.err == nil {
		c.err = &FieldError{field, fmt.Sprintf(format, args...)}
	}
}

// time checks a time from least to the longest.
func (c *checker) time(field string, d, least time.Duration) {
	if d < least || d > longest {
		c.fail(field, "%v is not from %v to %v", d, least, longest)
	}
}

// number checks a number from low to high; NaN is refused.
func (c *checker) number(field string, x, low, high float64) {
	if !(x >= low && x <= high) {
		c.fail(field, "%v is not from %v to %v", x, low, high)
	}
}

// Check returns the first mistake as a *FieldError, nil without one.
func (c Config) Check() error {
	var k checker
	k.time("duration", c.Duration, time.Millisecond)
	k.time("measure_from", c.MeasureFrom, 0)
	if c.MeasureFrom >= c.Duration {
		k.fail("measure_from", "%v is not before the end at %v", c.MeasureFrom, c.Duration)
	}
	c.Service.check(&k)
	checkServers(&k, c.Servers, c.Service.ID.Family())
	c.Traffic.check(&k)
	c.Clients.check(&k, c.Service.ID)
	if c.Meter != nil {
		c.Meter.check(&k)
	}
	checkEvents(&k, c.Events, c.Servers)
	c.Tuner.check(&k)
	if k.err != nil {
		return k.err
	}
	return nil
}

func (s Service) check(k *checker) {
	switch {
	case s.ID == ipvs.ServiceID{}:
		k.fail("service.id", "is missing")
	case s.Flags.Has(ipvs.FlagPersistent) && s.Persistence < time.Second:
		k.fail("service.persistence", "%v is less than a second", s.Persistence)
	case s.Flags.Has(ipvs.FlagOnePacket) && s.ID.Protocol != ipvs.UDP:
		k.fail("service.flags", "one-packet scheduling is for UDP")
	case s.ID.Mark == 0 && s.ID.Address.Port() == 0 && !s.Flags.Has(ipvs.FlagPersistent):
		k.fail("service.id", "a service of every port needs persistence")
	}
	k.time("service.timeouts.tcp", s.Timeouts.TCP, 0)
	k.time("service.timeouts.tcp_fin", s.Timeouts.TCPFin, 0)
	k.time("service.timeouts.udp", s.Timeouts.UDP, 0)
	if f := s.OverheadFactor; f != 0 && f != 256 && f != 257 {
		k.fail("service.overhead_factor", "%d is neither 256 nor 257", f)
	}
}

// shortestWatch bounds the looks at the director's table.
const shortestWatch = 10 * time.Millisecond

func (t Tuner) check(k *checker) {
	const step = 2 * time.Second // as the kernel's counters
	if t.Interval < 2*step || t.Interval > 10*time.Minute || t.Interval%step != 0 {
		k.fail("tuner.interval", "%v is not a multiple of 2s from 4s to 10m", t.Interval)
	}
	if t.Watch < 0 || t.Watch > 0 && t.Watch < shortestWatch || t.Watch > t.Interval {
		k.fail("tuner.watch", "%v is neither 0s nor from %v to the interval, %v", t.Watch, shortestWatch, t.Interval)
	}
	w := t.Settings.Weights
	if w.Min < 1 || w.Min > w.Max || w.Max > 65535 {
		k.fail("tuner.weights", "min %d and max %d are not from 1 to 65535, in order", w.Min, w.Max)
	}
	if !(w.MaxChangeRatio > 0 && w.MaxChangeRatio <= 1) {
		k.fail("tuner.weights.max_change_ratio", "%v is not above 0 and at most 1", w.MaxChangeRatio)
	}
}

func (m Meter) check(k *checker) {
	k.time("meter.every", m.Every, time.Millisecond)
	k.time("meter.window", m.Window, time.Millisecond)
	k.time("meter.lag", m.Lag, 0)
	if k.err == nil && m.Window%m.Every != 0 {
		k.fail("meter.window", "%v is no multiple of every, %v", m.Window, m.Every)
	}
	if k.err == nil && (m.Window+m.Lag)/m.Every > 10000 {
		k.fail("meter.every", "%v is below a 10000th of window and lag", m.Every)
	}
	k.number("meter.sampled", m.Sampled, 0, 1)
	k.number("meter.missing", m.Missing, 0, 1)
	k.number("meter.outliers", m.Outliers, 0, 1)
	if m.Outliers > 0 {
		k.number("meter.outlier_factor", m.OutlierFactor, 0, 1e6)
	}
}
