package sharing

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// TestSharesAsDirected holds the shares against the kernel's own choices, for
// connections of the same length and of lengths that vary as much as their
// mean. The servers have some ten active connections or more, or as much
// overhead as that.
func TestSharesAsDirected(t *testing.T) {
	mark := ipvs.VirtualService{ID: ipvs.MarkService(ipvs.IPv4, 1)}
	tests := []struct {
		schedulers []string
		name       string
		service    ipvs.VirtualService
		weights    []uint32
		rate       float64
		active     []float64
		inactive   float64
	}{
		{[]string{"wrr"}, "runs", mark, []uint32{9, 4, 0, 2}, 100, all(4, 0.1), 1},
		{[]string{"sh", "mh"}, "few turns", mark, []uint32{4, 2, 0, 1}, 100, all(4, 0.1), 1},
		{[]string{"sh", "mh"}, "an end that some miss", mark, []uint32{40, 23, 50}, 100, all(3, 0.1), 1},
		{[]string{"mh"}, "bits dropped", mark, []uint32{1000, 501, 100, 7}, 100, all(4, 0.1), 1},
		{[]string{"wlc", "lblc", "lblcr", "twos"}, "equal", mark, []uint32{1000, 500, 250, 250}, 200, all(4, 0.1), 30},
		{[]string{"wlc"}, "closed ones count", mark, []uint32{1000, 500, 250, 250}, 200, []float64{0.05, 0.05, 0.2, 0.2}, 120},
		{[]string{"wlc", "lblc", "lblcr"}, "long ones", mark, []uint32{1000, 500, 250, 250}, 100, []float64{1, 1, 2, 4}, 1},
		{[]string{"wlc"}, "old kernel", mark, []uint32{4, 3, 2, 1}, 400, []float64{0.1, 0.2, 0.3, 0.4}, 10},
		{[]string{"wlc", "sed", "nq"}, "longer than the others", mark, []uint32{1, 1, 1, 1}, 100, []float64{1, 2, 3, 4}, 10},
		{[]string{"sed", "nq"}, "half a connection below", mark, []uint32{1000, 500, 250, 250}, 200, all(4, 0.1), 1},
		{[]string{"sed", "nq"}, "slow and light", mark, []uint32{1000, 500, 250, 250}, 400, []float64{0.05, 0.05, 0.2, 0.2}, 1},
		{[]string{"twos"}, "closed ones count", mark, []uint32{300, 200, 100, 100}, 300, []float64{0.05, 0.05, 0.2, 0.2}, 60},
		{[]string{"twos"}, "more than two draws bring", mark, []uint32{100, 100, 100, 100}, 400, []float64{1, 2, 10, 20}, 1},
	}
	for _, test := range tests {
		for _, scheduler := range test.schedulers {
			for _, exponential := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s %s %v", scheduler, test.name, exponential), func(t *testing.T) {
					traffic := Traffic{Rate: test.rate, Factor: 257, Active: test.active, Inactive: all(len(test.active), test.inactive)}
					if test.name == "old kernel" {
						traffic.Factor = 256
					}
					test.service.Scheduler = scheduler
					got := drive{test.service, test.weights, traffic, exponential, 1, 100_000}.shares(t)
					normalise(got) // without the clients that are not served
					nearly(t, Shares(scheduler, test.weights, &traffic), got, 0.01)
				})
			}
		}
	}
}

// all returns n equal values.
func all(n int, value float64) []float64 { return slices.Repeat([]float64{value}, n) }

func nearly(t *testing.T, got, want []float64, error float64) {
	t.Helper()
	same := len(got) == len(want)
	for i := 0; same && i < len(got); i++ {
		same = math.Abs(got[i]-want[i]) <= error
	}
	if !same {
		t.Errorf("got %.4f, want %.4f", got, want)
	}
}

// TestWeightsBringShares goes from random shares to weights and back.
func TestWeightsBringShares(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, scheduler := range sharing() {
		for range 200 {
			wanted, traffic := anyShares(random), Traffic{}
			traffic = anyTraffic(random, len(wanted))
			weights := make([]uint32, len(wanted))
			for i, w := range Weights(scheduler, wanted, &traffic) {
				weights[i] = uint32(math.Round(1e8 * w))
			}
			got := Shares(scheduler, weights, &traffic)
			if scheduler == "mh" || scheduler == "sh" {
				continue // their tables are small; see TestCandidates
			}
			nearly(t, got, wanted, 1e-4)
			if t.Failed() {
				t.Fatalf("%s: weights %v under %+v", scheduler, weights, traffic)
			}
		}
	}
}

func sharing() []string {
	return []string{"wrr", "sh", "mh", "wlc", "lblc", "lblcr", "sed", "nq", "twos"}
}

// anyShares are of 2 to 31 servers, some of them equal.
func anyShares(random *rand.Rand) []float64 {
	shares := make([]float64, 2+random.IntN(30))
	for i := range shares {
		shares[i] = 0.5 + float64(random.IntN(20))/10
	}
	normalise(shares)
	return shares
}

// anyTraffic keeps ten connections and more active on every server.
func anyTraffic(random *rand.Rand, servers int) Traffic {
	traffic := Traffic{Rate: 1000 * float64(servers), Factor: 257}
	for range servers {
		traffic.Active = append(traffic.Active, 0.1+random.Float64())
		traffic.Inactive = append(traffic.Inactive, 120)
	}
	return traffic
}

// TestOddShares has what is at the edges of the models.
func TestOddShares(t *testing.T) {
	none := Traffic{Factor: 257, Active: all(2, 0), Inactive: all(2, 0)}
	busy := Traffic{Rate: 1000, Factor: 257, Active: all(2, 1), Inactive: all(2, 120)}
	tests := []struct {
		name, scheduler string
		weights         []uint32
		traffic         Traffic
		want            []float64
	}{
		{"shares not by weight", "rr", []uint32{1, 1}, busy, nil},
		{"all quiescent", "wrr", []uint32{0, 0}, busy, []float64{0, 0}},
		{"all quiescent", "wlc", []uint32{0, 0}, busy, []float64{0, 0}},
		{"all quiescent", "sed", []uint32{0, 0}, busy, []float64{0, 0}},
		{"all quiescent", "nq", []uint32{0, 0}, busy, []float64{0, 0}},
		{"all quiescent", "twos", []uint32{0, 0}, busy, []float64{0, 0}},
		{"all quiescent", "mh", []uint32{0, 0}, busy, []float64{0, 0}},
		{"all quiescent", "sh", []uint32{0, 0}, busy, []float64{0, 0}},
		{"one quiescent", "twos", []uint32{0, 7}, busy, []float64{0, 1}},
		{"one quiescent", "nq", []uint32{0, 7}, busy, []float64{0, 1}},
		{"no traffic", "sed", []uint32{1, 2}, none, []float64{0, 1}},
		{"no traffic", "wlc", []uint32{1, 2}, none, []float64{0.5, 0.5}},
		{"no traffic", "twos", []uint32{1, 3}, none, []float64{0.25, 0.75}},
		{"too many held at one", "wlc", []uint32{1, 1}, Traffic{Rate: 10, Factor: 257, Active: all(2, 0.01), Inactive: all(2, 5), Held: []float64{5000, 1000}}, []float64{0, 1}},
		{"as many held", "wlc", []uint32{1, 1}, Traffic{Rate: 10, Factor: 257, Active: all(2, 0.01), Inactive: all(2, 5), Held: all(2, 1000)}, []float64{0.5, 0.5}},
		{"held as by weight", "wlc", []uint32{1055, 1010}, Traffic{Rate: 12, Factor: 257, Active: all(2, 0), Inactive: all(2, 5), Held: []float64{1005, 1000}}, []float64{10.0 / 12, 2.0 / 12}},
		{"largest weights", "wrr", []uint32{math.MaxUint32, math.MaxUint32}, none, []float64{0.5, 0.5}},
		{"256 buckets are not enough", "sh", []uint32{300, 100}, none, []float64{1, 0}},
	}
	for _, test := range tests {
		t.Run(test.scheduler+" "+test.name, func(t *testing.T) {
			nearly(t, Shares(test.scheduler, test.weights, &test.traffic), test.want, 1e-9)
		})
	}
}

// TestRefused shows why: whatever the weights, all goes to one server.
func TestRefused(t *testing.T) {
	address := func(protocol ipvs.Protocol, flags ipvs.Flags) ipvs.VirtualService {
		return ipvs.VirtualService{ID: ipvs.AddressService(protocol, serverOf(9).AddrPort), Flags: flags}
	}
	tests := []struct {
		scheduler string
		service   ipvs.VirtualService
	}{
		{"lblc", address(ipvs.TCP, 0)},
		{"lblcr", address(ipvs.TCP, 0)},
		{"nq", address(ipvs.UDP, 0)},
		{"sed", address(ipvs.UDP, 0)},
		{"wlc", address(ipvs.UDP, ipvs.FlagOnePacket)},
	}
	for _, test := range tests {
		t.Run(test.scheduler, func(t *testing.T) {
			test.service.Scheduler = test.scheduler
			if Refusal(&test.service) == "" {
				t.Error("not refused")
			}
			traffic := Traffic{Rate: 200, Factor: 257, Active: all(3, 0.1), Inactive: all(3, 1)}
			got := drive{test.service, []uint32{200, 300, 200}, traffic, true, 1, 5000}.shares(t)
			if slices.Max(got) < 0.99 {
				t.Errorf("shares are %.3f", got)
			}
		})
	}
}
