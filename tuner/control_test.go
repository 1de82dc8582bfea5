package tuner

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

const seeds = 20

// periodsUntil returns the number of the first period after which the share of
// the last server is within the bounds for good; -1 if it never is.
func periodsUntil(shares [][]float64, low, high float64) int {
	settled := -1
	for i, s := range shares {
		switch last := s[len(s)-1]; {
		case last < low || last > high:
			settled = -1
		case settled < 0:
			settled = i + 1
		}
	}
	return settled
}

// TestSlowServer has three servers, one of them four times slower from the
// start and as fast as the others later.
func TestSlowServer(t *testing.T) {
	for seed := range uint64(seeds) {
		p := newPlant(seed, 40, 40, 40, 10)
		var state State
		shares, writes := p.run(&state, 30)
		if n := periodsUntil(shares, 0, 1.5*leastOfEqual/3); n < 0 || n > 25 {
			t.Errorf("seed %d: at the floor after %d periods: %v", seed, n, shares)
		}
		if writes > 15 {
			t.Errorf("seed %d: %d writes on the way down", seed, writes)
		}
		if _, writes = p.run(&state, 30); writes > 2 {
			t.Errorf("seed %d: %d writes at the floor", seed, writes)
		}
		p.rates[2] = 40
		shares, writes = p.run(&state, 70)
		if n := periodsUntil(shares, 0.2, 0.4); n < 0 || n > 66 {
			t.Errorf("seed %d: recovered after %d periods: %v", seed, n, shares)
		}
		if writes > 25 {
			t.Errorf("seed %d: %d writes on the way up", seed, writes)
		}
	}
}

// TestSuddenSlowdown has a server lose three quarters of its speed after a
// quiet time, in which the estimates have become sure of themselves.
func TestSuddenSlowdown(t *testing.T) {
	for seed := range uint64(seeds) {
		p := newPlant(seed, 45, 40, 40, 40)
		var state State
		p.run(&state, 30)
		p.rates[2] = 10
		shares, _ := p.run(&state, 20)
		if n := periodsUntil(shares, 0, 0.12); n < 0 || n > 8 {
			t.Errorf("seed %d: down after %d periods: %v", seed, n, shares)
		}
	}
}

// TestEqualServersSeeNoChurn has 150 requests a server and window, whose times
// scatter as much as their mean.
func TestEqualServersSeeNoChurn(t *testing.T) {
	const periods = 60
	total := 0
	for seed := range uint64(5 * seeds) {
		p := newPlant(seed, 45, 40, 40, 40)
		var state State
		_, writes := p.run(&state, periods)
		total += writes
	}
	if total > 5*seeds*periods/1000 {
		t.Errorf("%d writes in %d periods", total, 5*seeds*periods)
	}
}

// TestHighLoad has servers of unequal capacity near saturation, where full
// steps would swing from one to the other for ever. Shares in proportion to
// capacity give each of them the mean latency that is compared with.
func TestHighLoad(t *testing.T) {
	tests := []struct {
		name   string
		load   float64
		excess float64 // of mean latency over that, but for one seed in a hundred
		worst  float64
		writes int // in 60 periods
	}{
		{"70 %", 0.7, 1, 1, 10},
		{"80 %", 0.8, 1.05, 1.5, 25},
		{"85 %", 0.85, 1.15, 1.5, 25},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var excess []float64
			for seed := range uint64(100) {
				p := newPlant(seed, test.load*160, 20, 20, 40, 80)
				var state State
				p.run(&state, 40)
				shares, writes := p.run(&state, 60)
				excess = append(excess, p.meanLatency(shares)*160*(1-test.load)/4)
				if writes > test.writes {
					t.Errorf("seed %d: %d writes", seed, writes)
				}
			}
			slices.Sort(excess)
			if excess[98] > test.excess || excess[99] > test.worst {
				t.Errorf("mean latencies are up to %.2f, but for one up to %.2f times the one aimed at", excess[99], excess[98])
			}
		})
	}
}

// TestQueuesSeeNoChurn has equal servers, each a queue at 80 % load, and reads
// them as the loop does: their latencies differ by chance, for seconds.
func TestQueuesSeeNoChurn(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	servers := []visits{}
	for range 3 {
		servers = append(servers, simulateVisits(random, 80, 0.01, true))
	}
	var state State
	steps, observed := 0, 0
	for now := 0.0; now < simulatedSeconds; now += SampleInterval.Seconds() {
		v := ipvs.VirtualService{ID: plantService, Scheduler: "wrr"}
		for i, s := range servers {
			server := s.shown(now)
			server.ID, server.Weight = plantServer(i), 1
			v.Servers = append(v.Servers, server)
		}
		if steps++; steps%50 != 0 {
			state.Sample(v.ID, v.Servers, plantConfig().Interval, after(now))
			continue
		}
		var plan Plan
		plan, state = Step(plantConfig(), state, &ipvs.Table{Services: []ipvs.VirtualService{v}}, nil, after(now))
		switch s := plan.Services[0]; {
		case s.Action == Apply:
			t.Errorf("after %.0f s: %s", now, s.Reason)
		case s.Code == CodeSettled:
			observed++
		}
	}
	if want := int(0.9 * simulatedSeconds / 10); observed < want {
		t.Errorf("compared in %d periods, fewer than %d", observed, want)
	}
}

// TestServerThatFallsBehindIsRelieved slows one of three servers down until it
// cannot keep up with its share, and reads them as the loop does: connections
// pile up there, which must not pass for mere noise.
func TestServerThatFallsBehindIsRelieved(t *testing.T) {
	const slowFrom, patience = 60.0, 30.0
	random := rand.New(rand.NewPCG(11, 12))
	servers := []visits{simulateVisits(random, 20, 0.02, true), simulateVisits(random, 20, 0.02, true)}
	servers = append(servers, slowedVisits(random, 20, 0.02, 0.08, slowFrom))
	var state State
	for i := 1; ; i++ {
		now := float64(i) * SampleInterval.Seconds()
		v := ipvs.VirtualService{ID: plantService, Scheduler: "wrr"}
		for j, s := range servers {
			server := s.shown(now)
			server.ID, server.Weight = plantServer(j), 1
			v.Servers = append(v.Servers, server)
		}
		if i%50 != 0 {
			state.Sample(v.ID, v.Servers, plantConfig().Interval, after(now))
			continue
		}
		var plan Plan
		plan, state = Step(plantConfig(), state, &ipvs.Table{Services: []ipvs.VirtualService{v}}, nil, after(now))
		switch s := plan.Services[0]; {
		case s.Action == Apply && now <= slowFrom:
			t.Fatalf("after %.0f s, before the slow-down: %s", now, s.Reason)
		case s.Action == Apply:
			if share := *s.Servers[2].ShareRatio; share > 0.26 {
				t.Errorf("after %.0f s its share is %.3f: %s", now, share, s.Reason)
			}
			return
		case now > slowFrom+patience:
			t.Fatalf("after %.0f s: %s: %s", now, s.Action, s.Reason)
		}
	}
}

// slowedVisits are those of a queue whose service time changes at an instant.
func slowedVisits(random *rand.Rand, rate, before, after, from float64) (v visits) {
	free := 0.0
	for now := 0.0; now < 10*from; now += random.ExpFloat64() / rate {
		service := before
		if now >= from {
			service = after
		}
		free = max(free, now) + service*random.ExpFloat64()
		v.begin, v.end = append(v.begin, now), append(v.end, free)
	}
	return v
}

// TestPlansKeepTheirPromises steps from random tables and observations.
func TestPlansKeepTheirPromises(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	applied := 0
	for range 2000 {
		s := situation{limits: Weights{Min: 1 + uint32(random.IntN(10)), Max: 10 + uint32(random.IntN(1000)), MaxChangeRatio: 1 - random.Float64()}}
		for range 1 + random.IntN(12) {
			s.weights = append(s.weights, uint32(random.IntN(20)*random.IntN(20)))
			s.latency = append(s.latency, float64(random.IntN(5))*math.Exp(random.NormFloat64()))
			s.requests = append(s.requests, float64(random.IntN(4)*random.IntN(1000)))
			s.errors = append(s.errors, math.Floor(random.Float64()*1.2))
		}
		plan := s.step()
		if plan.Action == Apply {
			applied++
		}
		cfg := plantConfig()
		cfg.Services[0].Weights = s.limits
		checkPlan(t, cfg, Plan{Services: []ServicePlan{plan}})
	}
	if applied < 200 {
		t.Errorf("only %d plans change anything", applied)
	}
}

// checkPlan checks what every plan promises, for services of one
// configuration.
func checkPlan(t *testing.T, cfg Config, p Plan) {
	t.Helper()
	limits := cfg.Services[0].Weights
	for _, s := range p.Services {
		for _, server := range s.Servers {
			if s.Action != Apply && server.Weight != server.PreviousWeight {
				t.Errorf("weight changed under %s: %+v", s.Action, server)
			}
			if l := server.LatencySeconds; !(l >= 0 && l <= mostSeconds) {
				t.Errorf("latency is %v: %+v", l, server)
			}
			if server.PreviousWeight == 0 && server.Weight != 0 {
				t.Errorf("quiescent server raised: %+v", server)
			}
			if server.PreviousWeight != 0 && s.Action == Apply && (server.Weight < limits.Min || server.Weight > limits.Max) {
				t.Errorf("weight out of %d to %d: %+v", limits.Min, limits.Max, server)
			}
		}
		checkShares(t, s, limits.MaxChangeRatio)
	}
}

// checkShares checks the shares of a plan, under schedulers that have any.
func checkShares(t *testing.T, s ServicePlan, ratio float64) {
	t.Helper()
	total, known := 0.0, false
	for i := range s.Servers {
		before, after := s.Servers[i].PreviousShareRatio, s.Servers[i].ShareRatio
		if before == nil || after == nil {
			continue
		}
		if most := ratio * *before; math.Abs(*after-*before) > most+1e-9 && *before > 0 {
			t.Errorf("share changed from %v to %v, more than %v of it: %+v", *before, *after, ratio, s.Servers[i])
		}
		total, known = total+*after, known || s.Servers[i].Weight > 0
	}
	if known && math.Abs(total-1) > 1e-9 {
		t.Errorf("shares sum to %v", total)
	}
}
