package sim

import (
	"testing"
	"time"
)

// BenchmarkRun runs whole scenarios: director, servers, traffic and results.
func BenchmarkRun(b *testing.B) {
	tests := []struct {
		name      string
		scheduler string
		servers   int
		perSecond float64
	}{
		{"wrr of 10", "wrr", 10, 700},
		{"wlc of 100", "wlc", 100, 7000},
	}
	for _, test := range tests {
		b.Run(test.name, func(b *testing.B) {
			speeds := make([]float64, test.servers)
			for i := range speeds {
				speeds[i] = 1
			}
			c := scenario(test.scheduler, test.perSecond, speeds...)
			c.Duration = 500 * time.Second
			connections := 0.0
			for b.Loop() {
				connections += float64(outcome(b, c, Equal).Requests)
			}
			b.ReportMetric(connections/b.Elapsed().Seconds(), "connections/s")
		})
	}
}
