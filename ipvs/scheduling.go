package ipvs

import (
	"fmt"
	"strings"
)

// Scheduling is how a virtual service chooses among its real servers.
type Scheduling struct {
	Scheduler string `json:"scheduler"`       // as wrr; "none" chooses none
	Flags     Flags  `json:"flags,omitempty"` // those whose meaning is the scheduler's: FlagScheduler1 to FlagScheduler3
}

// schedulerFlags are the flags whose meaning is the scheduler's.
const schedulerFlags = FlagScheduler1 | FlagScheduler2 | FlagScheduler3

// Scheduling returns how the service chooses.
func (s *VirtualService) Scheduling() Scheduling {
	return Scheduling{s.Scheduler, s.Flags & schedulerFlags}
}

// Apply returns v with this scheduling, and all else as it is.
func (s Scheduling) Apply(v VirtualService) VirtualService {
	v.Scheduler, v.Flags = s.Scheduler, v.Flags&^schedulerFlags|s.Flags
	return v
}

// Check reports what no service can have: a name that is not 1 to 15 letters
// and digits (IP_VS_SCHEDNAME_MAXLEN), or flags that are not a scheduler's.
func (s Scheduling) Check() error {
	const longest = 15
	name := s.Scheduler
	switch {
	case name == "", len(name) > longest, strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "":
		return fmt.Errorf("%q is not the name of a scheduler", name)
	case s.Flags&^schedulerFlags != 0:
		return fmt.Errorf("the flags %#x are not all a scheduler's", uint32(s.Flags))
	}
	return nil
}
