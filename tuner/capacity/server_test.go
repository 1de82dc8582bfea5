package capacity

import (
	"math"
	"math/rand/v2"
	"testing"
)

// believed returns a belief in one number of workers, by index, that is sure.
func believed(capacity float64, worker int) Belief {
	b := Belief{Variance: 1e-8}
	for i := range b.Means {
		b.Means[i] = float32(math.Log(capacity))
	}
	b.Chances[worker] = 1
	return b
}

// anyBelief is of any number of workers and of capacities from hundreds to
// thousands.
func anyBelief(random *rand.Rand) Belief {
	b := Belief{Variance: float32(math.Exp(2*random.NormFloat64() - 4))}
	for i := range b.Means {
		b.Means[i] = float32(7 + random.NormFloat64())
		b.Chances[i] = float32(random.ExpFloat64())
	}
	b.normalize()
	return b
}

func TestServerLeavesOutTheUnlikely(t *testing.T) {
	b := Belief{Variance: 0.04, Chances: [Shapes]float32{0.002, 0.01, 0.79, 0.19, 0.008, 0}}
	for i := range b.Means {
		b.Means[i] = float32(i)
	}
	s := NewCurves().NewServer(b)
	if s.n != 2 || math.Abs(s.cases[0].chance+s.cases[1].chance-1) > 1e-6 {
		t.Fatalf("got %+v", s.cases[:s.n])
	}
	// Half a standard deviation less than what is believed.
	for i, want := range []float64{math.Exp(2 - 0.1), math.Exp(3 - 0.1)} {
		if got := s.cases[i].capacity; math.Abs(got/want-1) > 1e-6 {
			t.Errorf("capacity %v, want %v", got, want)
		}
	}
	if got, want := s.Bears(0.9), 0.9*math.Exp(0.9); math.Abs(got/want-1) > 1e-6 {
		t.Errorf("bears %v, want %v", got, want)
	}
}

func TestServerIsItsCurve(t *testing.T) {
	curves := NewCurves()
	for i, n := range workers() {
		s := curves.NewServer(believed(1000, i))
		for _, busy := range []float64{0.1, 0.5, 0.9} {
			if got, want := s.Present(Chance(), 1000*busy), presentByStates(n, busy); math.Abs(got/want-1) > 0.003 {
				t.Errorf("%d workers at %v: %v present, want %v", n, busy, got, want)
			}
		}
	}
}

// TestServerBeyondFull has the requests present rise without a jump or a bend
// down, and the marginal be their slope, far beyond what the server bears.
func TestServerBeyondFull(t *testing.T) {
	const h = 1e-3
	random, curves := rand.New(rand.NewPCG(1, 2)), NewCurves()
	for range 50 {
		s := curves.NewServer(anyBelief(random))
		before, slope := 0.0, 0.0
		for rate := 10.0; rate < 1e5; rate *= 1.07 {
			n := s.Present(Chance(), rate)
			first, second := s.marginal(rate)
			if !(n > before && second > 0 && first > slope*(1-1e-6)) {
				t.Fatalf("at %v: %v after %v present, slope %v after %v, which grows by %v", rate, n, before, first, slope, second)
			}
			before, slope = n, first
			want := (s.Present(Chance(), rate+h) - s.Present(Chance(), rate-h)) / (2 * h)
			if math.Abs(first/want-1) > 0.01 {
				t.Fatalf("at %v: slope %v, want %v", rate, first, want)
			}
		}
	}
}

// TestServerInDoubt has a server that bears 1000 requests per second, or with a
// small chance 100: how many are there typically, and what it has to spare, is
// that of what it is most likely, unlike the mean.
func TestServerInDoubt(t *testing.T) {
	curves := NewCurves()
	b := believed(1000, 1)
	sure := curves.NewServer(b)
	b.Chances[1], b.Chances[0], b.Means[0] = 0.95, 0.05, float32(math.Log(100))
	s := curves.NewServer(b)
	tests := []struct {
		name      string
		got, want float64
		within    float64
	}{
		{"typically, without doubt", sure.Typical(500), sure.Present(Chance(), 500), 1e-6},
		{"typically", s.Typical(500), sure.Typical(500) / 0.95, 0.01},
		{"to spare, without doubt", sure.Spare(500), 500, 0.001},
		{"to spare", s.Spare(50), 1 / (0.95/950 + 0.05/50), 0.001},
		{"to spare beyond what it bears", sure.Spare(2000), 100, 0.001},
	}
	for _, test := range tests {
		if math.Abs(test.got/test.want-1) > test.within {
			t.Errorf("%s: %v, want %v", test.name, test.got, test.want)
		}
	}
	if mean, typical := s.Present(Chance(), 500), s.Typical(500); mean < 1000*typical {
		t.Errorf("%v present on average, %v typically", mean, typical)
	}
}
