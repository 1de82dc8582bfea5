// Package cputime has benchmarks report the processor's time, which other programs
// do not add to.
package cputime

import (
	"syscall"
	"testing"
	"time"
)

// Report begins to measure, and reports the milliseconds of each round once the
// function that it returns is called.
func Report(b *testing.B) func() {
	began := Now(b)
	return func() {
		b.ReportMetric(float64((Now(b)-began).Microseconds())/1e3/float64(b.N), "cpu-ms/op")
	}
}

// Now returns the time that the program has taken of the processors.
func Now(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
