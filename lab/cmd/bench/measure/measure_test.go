//go:build linux

package measure

import (
	"os"
	"testing"
	"time"
)

func TestShape(t *testing.T) {
	tests := []struct {
		name  string
		shape Shape
		text  string
		all   int
	}{
		{"one namespace", Shape{Services: 1000, Servers: 100}, "1,000 × 100", 100000},
		{"many namespaces", Shape{Namespaces: 500, Services: 20, Servers: 10}, "500 × 20 × 10", 100000},
		{"millions", Shape{Services: 1, Servers: 1234007}, "1 × 1,234,007", 1234007},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.shape.String() != tt.text || tt.shape.All() != tt.all {
				t.Errorf("%s with %d servers, want %s with %d", tt.shape, tt.shape.All(), tt.text, tt.all)
			}
		})
	}
}

func TestMedian(t *testing.T) {
	for want, values := range map[float64][]float64{3: {3}, 2: {9, 1, 2}} {
		if got := median(values); got != want {
			t.Errorf("median of %v is %v, want %v", values, got, want)
		}
	}
}

// The CPU time of this process grows while it works.
func TestSpent(t *testing.T) {
	const work = 20 * time.Millisecond
	used, err := spent(os.Getpid(), func() error {
		for start, err := usageOf(os.Getpid()); ; {
			if err != nil {
				return err
			}
			now, err := usageOf(os.Getpid())
			if err != nil || now.total-start.total >= work {
				return err
			}
		}
	})
	if err != nil || used.total < work || used.system < 0 {
		t.Errorf("used %v, error %v, want %v", used, err, work)
	}
	if _, err := usageOf(1 << 25); err == nil {
		t.Error("no error for a process that there is none of")
	}
	if peak, err := peakMemory(os.Getpid()); peak < 1e6 || err != nil {
		t.Errorf("peak memory %v, error %v", peak, err)
	}
}
