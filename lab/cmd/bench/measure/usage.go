//go:build linux

package measure

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// usage is the CPU time of a process since its start, of all its threads, ended
// ones too.
type usage struct {
	total  time.Duration
	system time.Duration // found at clock ticks
}

// Clocks of a process, as clock_getcpuclockid(3) numbers them.
const (
	clockTicks = iota // user and system
	clockUserTicks
	clockScheduler // exact
)

func usageOf(pid int) (usage, error) {
	var times [3]time.Duration
	for clock := range times {
		var t unix.Timespec
		if err := unix.ClockGettime(int32(^pid)<<3|int32(clock), &t); err != nil {
			return usage{}, fmt.Errorf("CPU time of process %d: %w", pid, err)
		}
		times[clock] = time.Duration(t.Nano())
	}
	return usage{total: times[clockScheduler], system: times[clockTicks] - times[clockUserTicks]}, nil
}

// spent measures what a process uses while do runs.
func spent(pid int, do func() error) (usage, error) {
	before, err := usageOf(pid)
	if err != nil {
		return usage{}, err
	}
	if err := do(); err != nil {
		return usage{}, err
	}
	after, err := usageOf(pid)
	return usage{total: after.total - before.total, system: after.system - before.system}, err
}

// peakMemory returns the most bytes that a process has had resident so far.
func peakMemory(pid int) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := bytes.Cut(status, []byte("VmHWM:"))
	kilobytes, _, _ := bytes.Cut(bytes.TrimSpace(rest), []byte(" "))
	n, err := strconv.Atoi(string(kilobytes))
	return float64(n) * 1024, err
}
