package sim

import (
	"math"
	"slices"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

func TestDealer(t *testing.T) {
	tests := []struct {
		weights []uint32
		want    []int
	}{
		{[]uint32{1}, []int{0, 0, 0}},
		{[]uint32{0, 2, 1}, []int{1, 1, 2, 1, 1, 2}},
		{[]uint32{1, 1, 2, 4}, []int{3, 3, 2, 3, 0, 1, 2, 3, 3, 3}},
	}
	for _, test := range tests {
		d, got := newDealer(test.weights), []int(nil)
		for range test.want {
			got = append(got, d.next())
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("weights %v: picks %v, want %v", test.weights, got, test.want)
		}
	}
}

// TestDealtCost has one server, and servers that cost alike whatever they get.
func TestDealtCost(t *testing.T) {
	tests := []struct {
		name    string
		models  []model
		weights []uint32
		want    float64
	}{
		{"M/M/1 at 50 %", []model{single(20)}, []uint32{1}, 0.1},
		{"M/D/1 at 50 %", []model{{workers: 1, rate: 20, scatter: 0.5}}, []uint32{1}, 0.075},
		{"M/M/2 at 50 %", []model{{workers: 2, rate: 10, scatter: 1}}, []uint32{1}, 4.0 / 30},
		{"half of it fails", []model{{workers: 1, rate: 10, scatter: 1, errors: 0.5, penalty: 1}}, []uint32{1}, 0.6},
		{"no two requests meet", []model{single(1e4), single(1e3)}, []uint32{1, 3}, 0.25e-4 + 0.75e-3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := dealtCost(test.models, test.weights, demand{connections: 10, requests: 1}, 500000)
			if math.Abs(got-test.want) > 0.02*test.want {
				t.Errorf("cost is %v, want %v", got, test.want)
			}
		})
	}
}

// TestDealtWeights has capacities that small weights fit exactly.
func TestDealtWeights(t *testing.T) {
	models := []model{single(20), single(20), single(40), single(80)}
	shares, _ := best(models, 144)
	weights, cost := dealtWeights(models, shares, demand{connections: 144, requests: 1})
	if got := tuner.SharesOf(weights); math.Abs(got[3]-0.5) > 0.02 || math.Abs(got[0]-0.125) > 0.02 {
		t.Errorf("weights are %v", weights)
	}
	if chance := meanCost(models, tuner.SharesOf(weights), 144); cost > 0.9*chance {
		t.Errorf("the cost is %v s, dealt by chance %v s", cost, chance)
	}
}

// TestDealtWeightsAreAllowed has servers that are best left out.
func TestDealtWeightsAreAllowed(t *testing.T) {
	slow := model{workers: 4, rate: 12.5, scatter: 1}
	fast, faster := model{workers: 4, rate: 25, scatter: 1}, model{workers: 4, rate: 50, scatter: 1}
	down := model{workers: 4, scatter: 1, penalty: 10}
	tests := []struct {
		name   string
		models []model
		eject  bool
		least  uint32  // weight of the first
		most   float64 // its share
		cost   float64 // at most
	}{
		{"idle and slow", []model{slow, slow, fast, faster}, true, 1, 0.05, 0.0345},
		{"down", []model{down, fast, fast, fast}, false, 1, 4e-4, 0.052},
		{"down, and may be ejected", []model{down, fast, fast, fast}, true, 0, 0, 0.048},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			shares, _ := best(test.models, 200)
			weights, cost := dealtWeights(test.models, shares, demand{connections: 200, requests: 1, eject: test.eject})
			if weights[0] < test.least || tuner.SharesOf(weights)[0] > test.most || cost > test.cost {
				t.Errorf("weights are %v for %v s", weights, cost)
			}
		})
	}
}

// TestPooledCost compares with single queues.
func TestPooledCost(t *testing.T) {
	if got := pooledCost([]model{single(10), single(0)}, 8); math.Abs(got-0.5) > 1e-9 {
		t.Errorf("of one server: %v s", got)
	}
	if got := pooledCost([]model{single(1), single(1)}, 1); math.Abs(got-4.0/3) > 1e-9 {
		t.Errorf("of two: %v s", got)
	}
	if got := pooledCost([]model{single(1)}, 1); got != 0 {
		t.Errorf("of too few: %v s", got)
	}
}
