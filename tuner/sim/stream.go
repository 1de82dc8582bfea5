package sim

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
)

// stream is one source of randomness of a run. Each has a name of its own, so
// that what one draws does not depend on how much the others do, and two
// policies under one seed see the same traffic.
type stream struct {
	pcg  rand.PCG
	left float64 // a normal number drawn and not yet given out
	has  bool
}

func newStream(seed uint64, name string) stream {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails
	return stream{pcg: *rand.NewPCG(seed, h.Sum64())}
}

// uniform returns a number above 0 and at most 1.
func (s *stream) uniform() float64 {
	return float64(s.pcg.Uint64()>>11+1) * 0x1p-53
}

// chance reports true with probability p, and draws nothing where that is
// certain.
func (s *stream) chance(p float64) bool {
	return p >= 1 || p > 0 && s.uniform() <= p
}

// below returns an integer from 0 to n-1.
func (s *stream) below(n int) int {
	return int((s.pcg.Uint64() >> 32) * uint64(n) >> 32)
}

// exponential returns an exponential number of mean 1.
func (s *stream) exponential() float64 { return -exact.Log(s.uniform()) }

// wait returns an exponential time.
func (s *stream) wait(mean time.Duration) time.Duration {
	return nanoseconds(float64(s.exponential() * float64(mean)))
}

// normal returns a normal number of mean 0 and deviation 1, by Marsaglia's
// polar method.
func (s *stream) normal() float64 {
	if s.has {
		s.has = false
		return s.left
	}
	for {
		x, y := 2*s.uniform()-1, 2*s.uniform()-1
		if q := float64(x*x) + float64(y*y); q > 0 && q < 1 {
			f := math.Sqrt(-2 * exact.Log(q) / q)
			s.left, s.has = y*f, true
			return x * f
		}
	}
}

// forever is later than any instant of a run.
const forever = time.Duration(math.MaxInt64)

// nanoseconds rounds a time; one that no run can hold is forever.
func nanoseconds(x float64) time.Duration {
	if x > 0x1p62 {
		return forever
	}
	return time.Duration(x + 0.5)
}
