package tuner

import (
	"syscall"
	"testing"
	"time"
)

// reportCPU has a benchmark report the processor's time, which other programs
// do not add to.
func reportCPU(b *testing.B) func() {
	began := cpuTime(b)
	return func() {
		b.ReportMetric(float64((cpuTime(b)-began).Microseconds())/1e3/float64(b.N), "cpu-ms/op")
	}
}

func cpuTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
