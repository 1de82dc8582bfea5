package limits

import "math"

// Server is what is known of an available real server. A connection is taken
// for a request: it is active while that is at the server, and inactive for
// Linger afterwards.
type Server struct {
	Active, Inactive uint32  // connections that the director counts now
	Upper, Lower     uint32  // thresholds now; 0 is none
	Capacity         float64 // requests per second; 0 is not known
	Error            float64 // standard error of Capacity, as a part of it, or of its logarithm where it is large
	Workers          float64 // requests that are worked on at once, the capacity times the latency without load; 0 is not known
	Linger           float64 // seconds
	Held             bool    // connections are no requests; see Held
}

const (
	// stretch is by what factor latency leaves its minimum where no more
	// requests are taken.
	stretch = 1.2
	// queue is how many wait beyond that, so that a worker that is done finds
	// another request: with a single worker and 130 % load, 8 who wait are the
	// fewest with which the refused are at most a tenth more than they must be.
	queue = 6
	// mostError is from which on a capacity is not known at all: twenty times as
	// much is as likely.
	mostError = 3.0
)

// concurrency returns the requests at once up to which a server's latency
// stays near its minimum, 0 where that is not known. Latency is at its minimum
// up to as many requests as are worked on at once, and their number over the
// capacity beyond.
func (s Server) concurrency() float64 {
	if !(s.Workers > 0 && s.Workers < math.MaxUint16 && s.Capacity > 0 && s.Capacity < math.MaxUint32 && s.Error >= 0 && s.Error < mostError) || s.Held {
		return 0
	}
	return float64(stretch*s.Workers) + queue
}

// unknown says why there is no such number.
func (s Server) unknown() string {
	if s.Held {
		return "connections are held open between requests, or never active, and do not tell its load"
	}
	return "what it bears at once is not known"
}

// Held reports whether connections tell nothing of the requests at a server:
// clients hold them open between requests, or they are never active, as those
// of UDP. Given are the means of a time without pressure: active connections,
// requests per second and the seconds that those took, by Little's law two
// measurements of the same.
func Held(active, perSecond, seconds float64) bool {
	const factor, few = 2, 3
	requests := float64(perSecond * seconds)
	return max(active, requests) >= few && (active > float64(factor*requests) || requests > float64(factor*active))
}
