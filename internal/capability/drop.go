// Package capability gives up what a program may do.
package capability

import (
	"fmt"

	"kernel.org/pub/linux/libs/security/libcap/cap"
)

// attaching are what it may take to attach a program to the kernel; how many of
// them depends on the kernel.
var attaching = []cap.Value{cap.SYS_ADMIN, cap.BPF, cap.PERFMON}

// dropAttaching gives up, in all threads, for good and also for programs that are
// started, what nothing but attaching a program to the kernel needs. Without
// CAP_SETPCAP the bounding set stays, from which nothing comes back where
// privileges cannot be gained.
func dropAttaching() error {
	if err := drop(); err != nil {
		return fmt.Errorf("give up the capabilities that attaching needed: %w", err)
	}
	return nil
}

// hasNone reports whether there is nothing to give up.
func hasNone(own *cap.Set) (bool, error) {
	for _, flag := range []cap.Flag{cap.Permitted, cap.Inheritable} { // what is in effect is permitted
		for _, value := range attaching {
			if has, err := own.GetFlag(flag, value); has || err != nil {
				return false, err
			}
		}
	}
	return true, nil
}

func drop() error {
	own := cap.GetProc()
	if none, err := hasNone(own); none || err != nil {
		return err // to give up nothing may not be permitted either
	}
	unbound, err := own.GetFlag(cap.Effective, cap.SETPCAP)
	if err != nil {
		return err
	}
	if unbound {
		if err := cap.DropBound(attaching...); err != nil {
			return err
		}
	}
	for _, flag := range []cap.Flag{cap.Effective, cap.Permitted, cap.Inheritable} {
		if err := own.SetFlag(flag, false, attaching...); err != nil {
			return err
		}
	}
	return own.SetProc()
}
