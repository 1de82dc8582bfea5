package tuner

import (
	"math"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// counterAge is how old the kernel's connection counter may be when it is
// read: it is a snapshot taken every two seconds (ip_vs_est.c). The number of
// active connections is always the present one.
const counterAge = 2.0 // seconds

// mark is a value of the connection counter and when it was first seen.
type mark struct {
	Time        stamp  `json:"time"`
	Connections uint64 `json:"connections"`
}

// window gathers what the director shows of a real server, for Little's law.
// Its integrals run over the samples; its requests are counted from one change
// of the connection counter to another, since only a change tells when the
// snapshot behind it was taken.
type window struct {
	Time          stamp   `json:"time"` // newest sample; zero before the first
	Active        uint32  `json:"active_connections"`
	First         uint32  `json:"first"`
	From          mark    `json:"from"` // where the counting began
	To            mark    `json:"to"`   // newest change of the counter
	Samples       int     `json:"samples"`
	Seconds       float64 `json:"seconds"`        // covered by the samples
	ActiveSeconds float64 `json:"active_seconds"` // integral of the active connections
	SquareSeconds float64 `json:"square_seconds"` // integral of their square
}

// add returns the window with one more sample. It starts anew, with this
// sample, where the last one cannot be joined to it: the clock went back, the
// gap is too long, or the counter fell (ipvsadm -Z, a server added again).
func (w window) add(now stamp, s *ipvs.RealServer, maxGap time.Duration) window {
	gap := now.sub(w.Time)
	here := mark{now, s.Stats.Connections}
	if w.Time.IsZero() || gap < 0 || gap > maxGap || here.Connections < w.To.Connections {
		return window{Time: now, Active: s.ActiveConnections, First: s.ActiveConnections, From: here, To: here}
	}
	if gap == 0 {
		return w
	}
	d, before, after := gap.Seconds(), float64(w.Active), float64(s.ActiveConnections)
	w.Samples++
	w.Seconds += d
	w.ActiveSeconds += float64(d * (before + after) / 2)
	w.SquareSeconds += float64(d * (float64(before*before) + float64(after*after)) / 2)
	w.Time, w.Active = now, s.ActiveConnections
	if here.Connections != w.To.Connections {
		w.To = here
	}
	return w
}

// next returns the window that follows w without a gap.
func (w window) next() window {
	return window{Time: w.Time, Active: w.Active, First: w.Active, From: w.To, To: w.To}
}

// held reports whether many connections are active, and no fewer than there
// were.
func (w window) held() bool { return w.Active >= presentAtLeast && w.Active >= w.First }

// measure applies Little's law: latency is the mean number of active
// connections over the rate at which they come. Without a request the
// measurement is idle; with none seen active its latency is not known, 0. It
// is false as long as the window spans no time.
func (w window) measure() (measurement, bool) {
	if w.Seconds == 0 {
		return measurement{}, false
	}
	requests := float64(w.To.Connections - w.From.Connections)
	if requests == 0 {
		return measurement{}, true
	}
	counted := w.To.Time.sub(w.From.Time).Seconds()
	m := measurement{requestsPerSecond: requests / counted}
	m.latency = w.ActiveSeconds / w.Seconds / m.requestsPerSecond
	m.took = m.latency
	m.counters = true
	m.donePerSecond = max(0.5, float64(m.requestsPerSecond*w.Seconds)-(float64(w.Active)-float64(w.First))) / w.Seconds
	m.rateVariance = w.rateVariance(requests, counted)
	m.variance, m.scarcity = w.variance(m.latency, m.rateVariance)
	return m, true
}

// variance returns the variance of the logarithm of the measured latency, the
// square of its relative standard error, and the part of it that longer
// watching brings down for sure: what it would be if nobody had waited. Both
// are +Inf where nothing was seen active.
//
// Let N be the mean number of active connections, F its variance over N, and c
// the time in which it forgets its past, as exp(-t/c). Of n samples d apart
// neighbours correlate by r = exp(-d/c), so that the variance of their mean is
// that of one sample times (1+r)/(1-r)/n = 1/(n tanh(d/2c)): n tanh(d/2c) is
// the number of independent samples that they are worth. Where nobody waits
// F = 1 and c = T, the latency. A single queue with load p has F = 1/(1-p) and
// the integral of its correlation is T(1+p)/(1-p); c = T(2F-1) is right for
// both. F is taken from the samples, but not below 1.
//
// To this comes the variance of the rate. That the rate and the number of active
// connections rise together is not deducted: where nobody waits, the true
// variance is down to a third of this.
func (w window) variance(latency, rate float64) (variance, scarcity float64) {
	if latency == 0 {
		return math.Inf(1), math.Inf(1)
	}
	n, d := float64(w.Samples), w.Seconds/float64(w.Samples)
	mean := w.ActiveSeconds / w.Seconds
	f := max(1, w.SquareSeconds/w.ActiveSeconds-mean)
	independent := func(f float64) float64 { return n * exact.Tanh(d/(2*latency*(float64(2*f)-1))) }
	scarcity = 1/(mean*independent(1)) + rate
	if f == 1 {
		return scarcity, scarcity
	}
	return f/(mean*independent(f)) + rate, scarcity
}

// rateVariance returns the variance of the logarithm of the rate: 1/requests, as
// for a Poisson number, and what comes of the place of the counter's two marks,
// each uniform over the spacing of the samples or the age of the counter,
// whichever is less: 2/12 of that squared, over the counted time squared.
func (w window) rateVariance(requests, counted float64) float64 {
	blur := min(w.Seconds/float64(w.Samples), counterAge) / counted
	return 1/requests + float64(blur*blur)/6
}
