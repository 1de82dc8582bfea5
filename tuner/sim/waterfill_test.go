package sim

import (
	"math"
	"testing"
)

// single is a server of one worker and exponential service times.
func single(rate float64) model { return model{workers: 1, rate: rate, scatter: 1} }

// TestModelLatency compares with values of textbooks.
func TestModelLatency(t *testing.T) {
	tests := []struct {
		name  string
		model model
		rate  float64
		want  float64
	}{
		{"idle", single(10), 0, 0.1},
		{"M/M/1", single(10), 8, 0.5},
		{"M/D/1", model{workers: 1, rate: 10, scatter: 0.5}, 8, 0.3},
		{"M/M/2", model{workers: 2, rate: 1, scatter: 1}, 1, 4.0 / 3},
		{"M/M/1, half of it fails", model{workers: 1, rate: 10, scatter: 1, errors: 0.5}, 16, 0.5},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.model.latency(test.rate); math.Abs(got-test.want) > 1e-9 {
				t.Errorf("latency is %v, want %v", got, test.want)
			}
		})
	}
}

// TestBestShares compares with the closed form for single queues, in which the
// spare capacity goes in proportion to the root of the rate.
func TestBestShares(t *testing.T) {
	tests := []struct {
		name   string
		models []model
		rate   float64
		want   []float64
	}{
		{"none works", []model{single(0), {workers: 1, rate: 5, errors: 1}}, 1, []float64{0, 0}},
		{"too much", []model{single(1), single(3)}, 8, []float64{0.25, 0.75}},
		{"one is down", []model{single(0), single(3)}, 2, []float64{0, 1}},
		{"equal", []model{single(10), single(10)}, 15, []float64{0.5, 0.5}},
		{"one to four", []model{single(10), single(40)}, 40, []float64{(10 - 10.0/3) / 40, (40 - 20.0/3) / 40}},
		{"the slow one gets none", []model{single(1), single(100)}, 10, []float64{0, 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, _ := best(test.models, test.rate)
			for i, want := range test.want {
				if math.Abs(got[i]-want) > 1e-5 {
					t.Errorf("shares are %v, want %v", got, test.want)
					break
				}
			}
		})
	}
}

// TestBestIsLeast moves a little from each server to each other one.
func TestBestIsLeast(t *testing.T) {
	models := []model{
		{workers: 1, rate: 10, scatter: 1},
		{workers: 4, rate: 10, scatter: 2.5},
		{workers: 8, rate: 3, scatter: 0.5},
		{workers: 2, rate: 20, scatter: 1, errors: 0.02, penalty: 1},
	}
	for _, load := range []float64{0.3, 0.6, 0.9, 0.97} {
		shares, cost := best(models, load*114)
		for i := range shares {
			for j := range shares {
				moved := append([]float64(nil), shares...)
				moved[i], moved[j] = moved[i]-0.001, moved[j]+0.001
				if i == j || moved[i] < 0 {
					continue
				}
				if got := meanCost(models, moved, load*114); got != 0 && got < cost*(1-1e-7) {
					t.Errorf("load %v: from %d to %d it costs %v, not %v", load, i, j, got, cost)
				}
			}
		}
	}
}
