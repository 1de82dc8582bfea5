package tuner

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"
)

// bearing returns a server that is believed to bear so much, with a standard
// deviation of its logarithm; nothing is known of one that bears nothing.
func bearing(perSecond, deviation float64) server {
	s := server{luck: 1}
	if perSecond > 0 {
		s.belief.Variance = float32(deviation * deviation)
		for i := range s.belief.Means {
			s.belief.Means[i] = float32(math.Log(perSecond))
		}
		s.belief.Chances[2] = 1
	}
	return s
}

func capacityOf(s *server) float64 {
	c, _ := s.belief.Capacity()
	return c
}

func TestComparedAlone(t *testing.T) {
	tests := []struct {
		name    string
		servers []server
	}{
		{"nobody", nil},
		{"one", []server{bearing(100, 0.3)}},
		{"one that is known", []server{bearing(0, 0), bearing(100, 0.3), bearing(0, 0)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := fmt.Sprint(test.servers)
			new(peers).compare(test.servers)
			if after := fmt.Sprint(test.servers); after != before {
				t.Errorf("got %v", after)
			}
		})
	}
}

// TestEqualServersComeOutEqual has noise alone make servers differ.
func TestEqualServersComeOutEqual(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	squares, n := 0.0, 0.0
	for range 200 {
		var servers []server
		for range 8 {
			servers = append(servers, bearing(100*math.Exp(0.1*random.NormFloat64()), 0.1))
		}
		new(peers).compare(servers)
		mean := 0.0
		for i := range servers {
			mean += math.Log(capacityOf(&servers[i])) / 8
		}
		for i := range servers {
			squares += math.Pow(math.Log(capacityOf(&servers[i]))-mean, 2)
			n++
		}
	}
	if got := math.Sqrt(squares / n); got > 0.025 {
		t.Errorf("deviation %v is left of 0.1", got)
	}
}

func TestCompared(t *testing.T) {
	const sure, vague = 0.03, 0.5
	tests := []struct {
		name                string
		capacities          []float64
		deviations          []float64
		want                []float64
		within              float64 // of the wanted ones, as a part
		unchanged, together []int   // indices: as they were; all of a level
	}{
		{"one of its own", []float64{100, 100, 100, 100, 30}, []float64{sure, sure, sure, sure, sure}, []float64{100, 100, 100, 100, 30}, 0.02, []int{4}, []int{0, 1, 2, 3}},
		{"one that is not known well", []float64{100, 100, 100, 100, 60}, []float64{sure, sure, sure, sure, vague}, []float64{100, 100, 100, 100, 95}, 0.06, nil, []int{0, 1, 2, 3}},
		{"a spread-out fleet", []float64{10, 20, 40, 80, 160, 320}, []float64{sure, sure, sure, sure, sure, sure}, []float64{10, 20, 40, 80, 160, 320}, 0.02, []int{0, 1, 4, 5}, nil},
		{"two kinds", []float64{100, 101, 99, 400, 404, 396}, []float64{sure, sure, sure, sure, sure, sure}, []float64{100, 101, 99, 400, 404, 396}, 0.02, []int{0, 1, 2, 3, 4, 5}, nil},
		{"one not known at all", []float64{100, 0, 104}, []float64{sure, 0, sure}, []float64{101, 0, 103}, 0.02, nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var servers []server
			for i, c := range test.capacities {
				servers = append(servers, bearing(c, test.deviations[i]))
			}
			new(peers).compare(servers)
			for i, want := range test.want {
				if want == 0 && !servers[i].belief.Known() {
					continue
				}
				if got := capacityOf(&servers[i]); math.Abs(got/want-1) > test.within {
					t.Errorf("server %d: got %.1f, want %.1f", i, got, want)
				}
			}
			for _, i := range test.unchanged {
				if got := capacityOf(&servers[i]); math.Abs(got/test.capacities[i]-1) > 0.01 {
					t.Errorf("server %d: %.2f became %.2f", i, test.capacities[i], got)
				}
			}
			for _, i := range test.together {
				if got, first := capacityOf(&servers[i]), capacityOf(&servers[test.together[0]]); math.Abs(got/first-1) > 1e-3 {
					t.Errorf("server %d: %.3f beside %.3f", i, got, first)
				}
			}
		})
	}
}

// TestComparedKeepsOrder has servers of all kinds: who is believed to bear more
// than another of the same certainty is so afterwards, and nobody leaves the
// range that there was.
func TestComparedKeepsOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		deviation, spread := 0.3*random.Float64()+0.01, random.Float64()
		var servers []server
		var before []float64
		least, most := math.Inf(1), 0.0
		for range 2 + random.IntN(20) {
			c := 100 * math.Exp(spread*random.NormFloat64())
			servers, before = append(servers, bearing(c, deviation)), append(before, c)
			least, most = min(least, c), max(most, c)
		}
		new(peers).compare(servers)
		for i := range servers {
			c := capacityOf(&servers[i])
			if c < least*0.9999 || c > most*1.0001 || servers[i].belief.Variance != float32(deviation*deviation) {
				t.Fatalf("got %v of %v", c, before)
			}
		}
	}
}

func TestComparedChances(t *testing.T) {
	one, other, odd := bearing(100, 0.02), bearing(100, 0.02), bearing(10, 0.02)
	one.belief.Chances = [capacity.Shapes]float32{1}
	other.belief.Chances = [capacity.Shapes]float32{0, 1}
	odd.belief.Chances = [capacity.Shapes]float32{0, 0, 0, 1}
	servers := []server{one, other, one, other, odd}
	new(peers).compare(servers)
	if got := servers[0].belief.Chances; math.Abs(float64(got[0]-servers[1].belief.Chances[0])) > 0.2 {
		t.Errorf("equal servers have the chances %v and %v", got, servers[1].belief.Chances)
	}
	if got := servers[4].belief.Chances[3]; got < 0.98 {
		t.Errorf("another one has %v of %v", got, servers[4].belief.Chances)
	}
	for i := range servers {
		sum := float32(0)
		for _, p := range servers[i].belief.Chances {
			sum += p
		}
		if math.Abs(float64(sum)-1) > 1e-5 {
			t.Errorf("chances of server %d sum to %v", i, sum)
		}
	}
}
