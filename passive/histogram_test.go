package passive

import (
	"math"
	"testing"
	"time"
)

// The program has the bounds that readers are told, within a nanosecond.
func TestBounds(t *testing.T) {
	bounds := boundsInKernel()
	for i, ns := range bounds {
		if i >= Buckets-1 {
			if ns != math.MaxUint64 {
				t.Errorf("bound %d, which has no bucket, is %d", i, ns)
			}
			continue
		}
		if told := UpperBound(i) * 1e9; told-float64(ns) >= 1 || float64(ns) > told {
			t.Errorf("bound %d is %d ns in the kernel, %v here", i, ns, told)
		}
		if i > 0 && ns <= bounds[i-1] {
			t.Errorf("bound %d is %d, after %d", i, ns, bounds[i-1])
		}
	}
	if first, last := UpperBound(0), UpperBound(Buckets-2); first != math.Exp2(-20) || last != 256 {
		t.Errorf("from %v to %v", first, last)
	}
	if i := NativeIndex(80); UpperBound(80) != 1 || i != 0 {
		t.Errorf("the bucket up to %v has the index %d", UpperBound(80), i)
	}
}

func TestPast(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	key := latencyServerKey{Port: 80}
	p := past{}
	steps := []struct {
		name  string
		after time.Duration
		count uint64
		sum   time.Duration
		want  time.Duration // sum
		idle  int
	}{
		{"nothing is below zero", 0, 1, -time.Millisecond, 0, 0},
		{"more", time.Minute, 2, 9 * time.Millisecond, 9 * time.Millisecond, 0},
		{"less for a while", 2 * time.Minute, 3, 8 * time.Millisecond, 9 * time.Millisecond, 0},
		{"more again", 3 * time.Minute, 4, 10 * time.Millisecond, 10 * time.Millisecond, 0},
		{"nothing new, not long", 62 * time.Minute, 4, 10 * time.Millisecond, 10 * time.Millisecond, 0},
		{"nothing new for an hour", 63 * time.Minute, 4, 10 * time.Millisecond, 10 * time.Millisecond, 1},
		{"from zero", 64 * time.Minute, 1, time.Millisecond, time.Millisecond, 0},
		{"from zero unforgotten", 65 * time.Minute, 0, 0, 0, 0},
	}
	for _, step := range steps {
		h := Histogram{Sum: step.sum}
		h.Buckets[7] = step.count
		p.note(start.Add(step.after), key, &h)
		if h.Sum != step.want {
			t.Errorf("%s: the sum is %v, want %v", step.name, h.Sum, step.want)
		}
		if idle := p.idle(start.Add(step.after)); len(idle) != step.idle {
			t.Errorf("%s: %d are idle, want %d", step.name, len(idle), step.idle)
		}
	}
}
