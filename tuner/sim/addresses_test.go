package sim

import (
	"math"
	"net/netip"
	"testing"
)

func TestAddressesAreSkewed(t *testing.T) {
	for _, skew := range []float64{0, 0.5, 1, 2} {
		p := newPopulation(Addresses{netip.MustParsePrefix("10.1.0.0/16"), 300, skew}, newStream(1, "clients"))
		seen := make(map[netip.Addr]float64)
		const n = 200000
		for range n {
			seen[p.draw()]++
		}
		sum := 0.0
		for k := range 300 {
			sum += math.Pow(float64(k+1), -skew)
		}
		for k := range 300 {
			want := n * math.Pow(float64(k+1), -skew) / sum
			if got := seen[nth(p.first, uint64(k))]; math.Abs(got-want) > 5*math.Sqrt(want)+3 {
				t.Errorf("skew %v: address %d was drawn %v times, want about %v", skew, k, got, want)
			}
			delete(seen, nth(p.first, uint64(k)))
		}
		if len(seen) > 0 {
			t.Errorf("skew %v: strange addresses %v", skew, seen)
		}
	}
}

func TestNth(t *testing.T) {
	tests := []struct {
		first string
		n     uint64
		want  string
	}{
		{"10.0.0.255", 1, "10.0.1.0"},
		{"2001:db8::", 65536, "2001:db8::1:0"},
	}
	for _, test := range tests {
		if got := nth(netip.MustParseAddr(test.first), test.n); got != netip.MustParseAddr(test.want) {
			t.Errorf("%s + %d is %v", test.first, test.n, got)
		}
	}
}
