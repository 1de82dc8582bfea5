package capacity

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func allot(servers []Server, rates []float64, total float64) {
	these := make([]*Server, len(servers))
	for i := range servers {
		these[i] = &servers[i]
	}
	new(Allotment).Allot(these, rates, total)
}

func TestAllot(t *testing.T) {
	tests := []struct {
		name       string
		capacities []float64
		low, high  []float64 // nil is 0 and 1e9
		first      []float64
		total      float64
		want       []float64
	}{
		{"nobody", nil, nil, nil, nil, 100, nil},
		{"more than all may get", []float64{100, 100}, nil, []float64{50, 40}, []float64{1, 1}, 100, []float64{50, 40}},
		{"less than all are to get", []float64{100, 100}, []float64{50, 40}, nil, []float64{1, 1}, 10, []float64{50, 40}},
		{"nothing", []float64{100, 100}, nil, nil, []float64{1, 1}, 0, []float64{0, 0}},
		{"one", []float64{100}, nil, nil, []float64{1}, 50, []float64{50}},
		{"equal ones", []float64{100, 100}, nil, nil, []float64{1, 79}, 80, []float64{40, 40}},
		{"a bound above", []float64{100, 100, 100}, nil, []float64{20, 1e9, 1e9}, []float64{20, 1, 1}, 100, []float64{20, 40, 40}},
		{"a bound below", []float64{100, 100, 100}, []float64{60, 0, 0}, nil, []float64{1, 1, 1}, 120, []float64{60, 30, 30}},
		{"a first guess out of bounds", []float64{100, 100}, []float64{10, 10}, []float64{50, 50}, []float64{0, 90}, 60, []float64{30, 30}},
		// One worker each: μ - √μ·(Σμ - Λ)/Σ√μ, tuner.md's water-filling.
		{"unequal ones", []float64{100, 400}, nil, nil, []float64{1, 1}, 300, []float64{100 - 10*200.0/30, 400 - 20*200.0/30}},
		{"three unequal ones", []float64{100, 100, 900}, nil, nil, []float64{1, 1, 1}, 850, []float64{50, 50, 750}},
	}
	curves := NewCurves()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var servers []Server
			for i, c := range test.capacities {
				s := curves.NewServer(believed(c, 0))
				s.High = 1e9
				if test.low != nil {
					s.Low = test.low[i]
				}
				if test.high != nil {
					s.High = test.high[i]
				}
				servers = append(servers, s)
			}
			rates := slices.Clone(test.first)
			allot(servers, rates, test.total)
			for i, want := range test.want {
				if math.Abs(rates[i]-want) > 0.004*test.total+1e-9 {
					t.Errorf("got %v, want %v", rates, test.want)
					break
				}
			}
		})
	}
}

func TestBacklogTakesItsPart(t *testing.T) {
	curves := NewCurves()
	servers := []Server{curves.NewServer(believed(100, 0)), curves.NewServer(believed(100, 0))}
	for i := range servers {
		servers[i].High = 1e9
	}
	servers[1].Backlog = 30
	rates := []float64{1, 1}
	allot(servers, rates, 90)
	if math.Abs(rates[0]-60) > 0.1 || math.Abs(rates[1]-30) > 0.1 {
		t.Errorf("got %v, want 60 and 30", rates)
	}
}

// anyFleet returns servers within random bounds, some of them narrow, and a
// total that these allow.
func anyFleet(random *rand.Rand, curves *Curves) (servers []Server, rates []float64, total float64) {
	low, high := 0.0, 0.0
	for range 1 + random.IntN(30) {
		s := curves.NewServer(anyBelief(random))
		bears := s.Bears(1)
		s.Low = bears * 0.3 * random.Float64() * float64(random.IntN(2))
		s.High = s.Low + bears*(0.01+2*random.Float64())
		if random.IntN(3) == 0 {
			s.Backlog = bears * 0.5 * random.Float64()
		}
		servers, rates = append(servers, s), append(rates, bears*math.Exp(2*random.NormFloat64()))
		low, high = low+s.Low, high+s.High
	}
	return servers, rates, low + (high-low)*(0.01+0.97*random.Float64())
}

// TestAllotAnyFleet checks what makes a water-filling: the sum, the bounds, and
// that one more request costs the same wherever a server is not at a bound that
// keeps it from a better rate.
func TestAllotAnyFleet(t *testing.T) {
	random, curves := rand.New(rand.NewPCG(5, 6)), NewCurves()
	for n := range 2000 {
		servers, rates, total := anyFleet(random, curves)
		allot(servers, rates, total)
		sum, least, most := 0.0, math.Inf(1), 0.0 // costs of those that may go down, and up
		for i, rate := range rates {
			s := &servers[i]
			sum += rate
			if !(rate >= s.Low && rate <= s.High) {
				t.Fatalf("fleet %d: %v is not from %v to %v", n, rate, s.Low, s.High)
			}
			cost, _ := s.marginal(rate + s.Backlog)
			if rate < s.High-1e-3*total {
				least = min(least, cost)
			}
			if rate > s.Low+1e-3*total {
				most = max(most, cost)
			}
		}
		if math.Abs(sum-total) > 2*balanced*total {
			t.Errorf("fleet %d: sum %v, want %v", n, sum, total)
		}
		if most > 1.03*least {
			t.Errorf("fleet %d: one more costs %v here and %v there", n, most, least)
		}
	}
}

// TestAllotKeepsOrder has servers of one shape get the more the more they bear.
func TestAllotKeepsOrder(t *testing.T) {
	random, curves := rand.New(rand.NewPCG(7, 8)), NewCurves()
	for n := range 300 {
		worker, all := random.IntN(Shapes), 0.0
		var servers []Server
		var capacities, rates []float64
		for range 2 + random.IntN(20) {
			c := 100 * math.Exp(random.NormFloat64())
			s := curves.NewServer(believed(c, worker))
			s.High = 1e9
			servers, capacities, rates = append(servers, s), append(capacities, c), append(rates, 1+50*random.Float64())
			all += c
		}
		total := all * (0.05 + 0.9*random.Float64())
		allot(servers, rates, total)
		for i, c := range capacities {
			for j, d := range capacities {
				if c > d && rates[i] < rates[j]-1e-3*total {
					t.Fatalf("fleet %d: %v gets %v, %v gets %v", n, c, rates[i], d, rates[j])
				}
			}
		}
	}
}
