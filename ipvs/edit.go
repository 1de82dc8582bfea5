package ipvs

import (
	"errors"
	"fmt"
)

// Edit says what to change of a real server; nil leaves a field as it is.
type Edit struct {
	Weight         *uint32 // 0 makes the server quiescent; at most 2³¹−1
	UpperThreshold *uint32 // 0 removes it
	LowerThreshold *uint32 // 0 derives it from the upper one

	// IfWeight is the weight that the server must still have, for the edit to be
	// made at all; nil is any.
	IfWeight *uint32
}

var (
	errTooLarge   = errors.New("the value is over 2147483647")
	errThresholds = errors.New("the lower threshold is over the upper one")
)

// Apply returns s with the edit's fields set. The error says why a director
// refuses that: [ErrChanged], or values that it does not take.
func (e Edit) Apply(s RealServer) (RealServer, error) {
	before := s
	if e.IfWeight != nil && *e.IfWeight != s.Weight {
		return s, fmt.Errorf("%w: it is %d, not %d", ErrChanged, s.Weight, *e.IfWeight)
	}
	if e.Weight != nil {
		s.Weight = *e.Weight
	}
	if e.UpperThreshold != nil {
		s.UpperThreshold = *e.UpperThreshold
	}
	if e.LowerThreshold != nil {
		s.LowerThreshold = *e.LowerThreshold
	}
	if s == before {
		return s, nil
	}
	return s, s.Check()
}

// Check returns why no director takes the real server's weight and thresholds,
// nil if one does.
func (s *RealServer) Check() error {
	switch {
	case max(s.Weight, s.UpperThreshold, s.LowerThreshold) > maxWeight:
		return errTooLarge
	case s.LowerThreshold > s.UpperThreshold:
		return errThresholds
	}
	return nil
}

// ServerEdit is an edit of one of a virtual service's real servers.
type ServerEdit struct {
	Server ServerID
	Edit   Edit
}

// Edited is what came of an edit.
type Edited struct {
	Written bool  // false where nothing differed, or nothing could be written
	Err     error // why it could not; an [*Error] that names the server
}
