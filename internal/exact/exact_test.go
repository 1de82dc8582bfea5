package exact

import (
	"math"
	"testing"
)

func TestLog(t *testing.T) {
	for x := 0x1p-1022; x < 0x1p60; x *= 1.00037 {
		if got, want := Log(x), math.Log(x); math.Abs(got-want) > 4e-16*math.Abs(want)+1e-17 {
			t.Fatalf("Log(%v) is %v, want %v", x, got, want)
		}
	}
}

func TestExp(t *testing.T) {
	for x := -700.0; x < 700; x += 0.0317 {
		if got, want := Exp(x), math.Exp(x); math.Abs(got-want) > 1e-15*want {
			t.Fatalf("Exp(%v) is %v, want %v", x, got, want)
		}
	}
}

func TestTanh(t *testing.T) {
	for x := -25.0; x < 25; x += 0.00317 {
		if got, want := Tanh(x), math.Tanh(x); math.Abs(got-want) > 2e-13*math.Abs(want) {
			t.Fatalf("Tanh(%v) is %v, want %v", x, got, want)
		}
	}
}

func TestEnds(t *testing.T) {
	inf := math.Inf(1)
	for name, pair := range map[string][2]float64{
		"log 0": {Log(0), -inf}, "log inf": {Log(inf), inf}, "log tiny": {Log(0x1p-1040), -1040 * math.Ln2}, "exp inf": {Exp(inf), inf}, "exp -inf": {Exp(-inf), 0},
		"tanh inf": {Tanh(inf), 1}, "tanh -inf": {Tanh(-inf), -1}, "tanh 0": {Tanh(0), 0},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %v, want %v", name, pair[0], pair[1])
		}
	}
	for name, got := range map[string]float64{"log -1": Log(-1), "log nan": Log(math.NaN()), "exp nan": Exp(math.NaN()), "tanh nan": Tanh(math.NaN())} {
		if !math.IsNaN(got) {
			t.Errorf("%s is %v", name, got)
		}
	}
}

func BenchmarkExp(b *testing.B) {
	sum := 0.0
	for i := range b.N {
		sum += Exp(-float64(i&1023) / 100)
	}
	if sum == 0 {
		b.Error(sum)
	}
}

func BenchmarkLog(b *testing.B) {
	sum := 0.0
	for i := range b.N {
		sum += Log(float64(i&1023) + 1.1)
	}
	if sum == 0 {
		b.Error(sum)
	}
}
