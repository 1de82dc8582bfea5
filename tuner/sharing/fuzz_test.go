package sharing

import (
	"math"
	"testing"
)

// FuzzSharing asks everything with odd numbers: shares stay shares.
func FuzzSharing(f *testing.F) {
	f.Add(uint32(1), uint32(2), uint32(0), 100.0, 0.1, 120.0)
	f.Add(uint32(math.MaxUint32), uint32(1), uint32(math.MaxUint32), 1e12, 0.0, 0.0)
	f.Add(uint32(0), uint32(0), uint32(0), math.NaN(), math.Inf(1), -1.0)
	f.Fuzz(func(t *testing.T, a, b, c uint32, rate, active, inactive float64) {
		weights := []uint32{a, b, c}
		traffic := Traffic{Rate: rate, Factor: 257, Active: []float64{active, 1, active}, Inactive: all(3, inactive)}
		for _, scheduler := range sharing() {
			shares := Shares(scheduler, weights, &traffic)
			for i, s := range shares {
				if !(s >= 0 && s <= 1+1e-9) || s > 0 && weights[i] == 0 {
					t.Errorf("%s: weights %v have shares %v", scheduler, weights, shares)
				}
			}
			if sum := sumOf(shares); shares != nil && a+b+c != 0 && math.Abs(sum-1) > 1e-9 {
				t.Errorf("%s: shares of %v add up to %v", scheduler, weights, sum)
			}
			if got := Moved(scheduler, weights, []uint32{c, b, a}); !(got >= 0 && got <= 1) {
				t.Errorf("%s: %v moved", scheduler, got)
			}
		}
	})
}
