package sim

import (
	"net/netip"
	"time"
)

// Traffic says when connections come: as a Poisson process whose rate is that
// of Curve, times the factors of Surges and Bursts at that instant, or as
// listed in Arrivals, which excludes the others.
type Traffic struct {
	// Curve is the rate, linear between its points and constant before the
	// first and after the last. Two points of one instant are a step.
	Curve []Point
	// Repeat is the time after which the curve begins again, as a day; 0 is
	// never.
	Repeat   time.Duration
	Surges   []Surge
	Bursts   Bursts
	Arrivals []time.Duration // in order
}

// Point is a point of a rate's curve.
type Point struct {
	At        time.Duration
	PerSecond float64 // connections
}

// Surge is a crowd that comes and goes: the rate rises to Factor times itself,
// stays there, and falls back.
type Surge struct {
	At               time.Duration
	Rise, Last, Fall time.Duration // each may be 0
	Factor           float64
}

// Bursts make the traffic a Markov-modulated Poisson process of two states: the
// rate is multiplied by Factor for times of mean Burst, and by 1 for times of
// mean Calm between them, both exponential; it begins calm. With Factor 0 it is
// on and off. Zero is none.
type Bursts struct {
	Factor      float64
	Burst, Calm time.Duration
}

// Clients are those who connect.
type Clients struct {
	Addresses Addresses
	// Destinations are the addresses that they connect to, of a firewall-mark
	// service; others have one.
	Destinations Addresses
	// Timeout is how long they wait for an answer before they give up; a
	// server that has begun on the request finishes all the same.
	Timeout time.Duration

	Requests float64       // mean number per connection, geometric; 0 is 1
	Think    time.Duration // mean time from an answer to the next request, exponential
	Hold     time.Duration // mean time that a connection stays open after its last answer, exponential
}

// Addresses are a set of addresses, the first Count ones of Prefix, of which
// the k-th is drawn with a chance in proportion to k^-Skew (Zipf); Skew 0 draws
// them alike.
type Addresses struct {
	Prefix netip.Prefix
	Count  int
	Skew   float64
}
