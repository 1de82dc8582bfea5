package ipvs

import (
	"time"

	"golang.org/x/sys/unix"
)

// tick returns the length of a kernel tick, 1/CONFIG_HZ: the coarse clocks
// advance by it (kernel/time/posix-timers.c:posix_get_coarse_res). 0 is
// unknown.
func tick() time.Duration {
	var resolution unix.Timespec
	if err := unix.ClockGetres(unix.CLOCK_MONOTONIC_COARSE, &resolution); err != nil {
		return 0
	}
	return time.Duration(resolution.Nano())
}
