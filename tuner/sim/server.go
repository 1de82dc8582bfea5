package sim

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Server is a real server.
type Server struct {
	ID             ipvs.ServerID
	Weight         uint32 // at the start, or when it joins
	UpperThreshold uint32 // 0 is none
	LowerThreshold uint32 // 0 is three quarters of the upper
	Absent         bool   // not in the director's table before it joins

	Discipline  Discipline
	Workers     int     // requests that are worked on at full speed at once
	Speed       float64 // multiplies the work done in a second; 0 is 1
	ServiceTime ServiceTime

	// Limit is how many requests there may be, worked on or waiting; more are
	// answered with an error at once. 0 is none.
	Limit int
	// Backlog is how many requests may wait for the workers; more are not
	// answered at all. 0 is 4096, Linux's net.core.somaxconn.
	Backlog int
}

// Discipline is how a server works on its requests.
type Discipline string

const (
	// FIFO works on one request per worker, the others wait their turn.
	FIFO Discipline = "fifo"
	// ProcessorSharing works on all requests at once; with more than workers
	// they share them equally.
	ProcessorSharing Discipline = "ps"
)

// ServiceTime is the work in a request: the time that a worker needs for it at
// speed 1.
type ServiceTime struct {
	Distribution Distribution
	Mean         time.Duration   // but of Sampled
	CV           float64         // standard deviation over mean, of Lognormal alone
	Samples      []time.Duration // of Sampled alone, drawn from with equal chance
}

// Distribution is a family of service times.
type Distribution string

// The distributions.
const (
	Exponential Distribution = "exponential"
	Lognormal   Distribution = "lognormal"
	Fixed       Distribution = "fixed"
	Sampled     Distribution = "sampled" // from a list
)
