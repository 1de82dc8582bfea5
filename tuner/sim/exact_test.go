package sim

import (
	"math"
	"testing"
)

func TestLog(t *testing.T) {
	for x := 0x1p-60; x < 0x1p60; x *= 1.00037 {
		if got, want := log(x), math.Log(x); math.Abs(got-want) > 4e-16*math.Abs(want)+1e-17 {
			t.Fatalf("log(%v) is %v, want %v", x, got, want)
		}
	}
}

func TestExp(t *testing.T) {
	for x := -700.0; x < 700; x += 0.0317 {
		if got, want := exp(x), math.Exp(x); math.Abs(got-want) > 1e-15*want {
			t.Fatalf("exp(%v) is %v, want %v", x, got, want)
		}
	}
}
