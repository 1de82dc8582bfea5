package tuner

import (
	"errors"
	"fmt"
	"time"
)

// deviationParts is of one, in which deviations are whole numbers.
const deviationParts = 1e5

// resting goes through what is kept of a server of a service that rests.
func (r *row) resting(s *resting) {
	r.short(&s.PerSecond)
	r.short(&s.Capacity)
	r.decimals(&s.Deviation, deviationParts)
	r.short(&s.Requests)
	r.short(&s.Waited)
	r.short(&s.Seconds)
	later := int64(s.Later)
	r.integer(&later)
	s.Later = time.Duration(later)
}

// round rounds to what the file has.
func (s *resting) round() {
	s.Deviation = rounded(s.Deviation, deviationParts)
}

func (s *resting) appendRow(text []byte) ([]byte, error) {
	r := row{doing: writing, text: text, end: len(text) + 1}
	r.resting(s)
	if r.bad != "" {
		return nil, fmt.Errorf("real server that rests: %s", r.bad)
	}
	r.text[len(text)] = '[' // instead of the first comma
	return append(r.text[:r.end], ']'), nil
}

// MarshalJSON returns a line of the state file.
func (s resting) MarshalJSON() ([]byte, error) { return s.appendRow(nil) }

// UnmarshalJSON reads a line of the state file. Values that are missing at its
// end are zero.
func (s *resting) UnmarshalJSON(text []byte) error {
	if len(text) == 0 || text[0] != '[' {
		return errors.New("what is kept of a real server that rests is not an array")
	}
	r := row{doing: reading, text: text[1:]}
	r.resting(s)
	if r.finish(); r.bad != "" {
		return fmt.Errorf("real server that rests: %s", r.bad)
	}
	return nil
}

func (s *resting) sound() bool {
	for _, v := range [...]float32{s.PerSecond, s.Deviation, s.Requests, s.Waited, s.Seconds} {
		if !(v >= 0) {
			return false
		}
	}
	latency, gathered := s.Waited/s.Requests, s.Requests > 0
	return s.Capacity > 0 && gathered == (s.Seconds > 0) && (!gathered || latency >= leastSeconds/2 && latency <= 2*mostSeconds)
}
