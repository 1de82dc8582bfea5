package tuner

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

func comparing() []Policy { return []Policy{InverseLatency, Overhead, Equalize} }

func weighing() []string {
	return []string{"wrr", "mh", "sh", "wlc", "sed", "nq", "twos", "lblc", "lblcr"}
}

// counter is a director's table under any scheduler, whose counters run as if
// each server had an equal share and its latency.
type counter struct {
	id      ipvs.ServiceID
	weights []uint32
	table   ipvs.Table
	state   State
	config  Config
	periods int
}

func newCounter(policy Policy, scheduler string, weights []uint32) *counter {
	c := &counter{id: ipvs.MarkService(ipvs.IPv4, 7), weights: weights, config: plantConfig()}
	c.config.Services[0].Match, c.config.Services[0].Policy = c.id.String(), policy
	v := ipvs.VirtualService{ID: c.id, Scheduler: scheduler}
	for i, w := range weights {
		v.Servers = append(v.Servers, ipvs.RealServer{ID: plantServer(i), Weight: w, InactiveConnections: 6000})
	}
	c.table.Services = []ipvs.VirtualService{v}
	return c
}

// step has a period pass, in which each server gets 50 requests per second and
// takes these latencies.
func (c *counter) step(latencies []float64) ServicePlan {
	var seen []Observation
	for i := range latencies {
		s := &c.table.Services[0].Servers[i]
		s.Stats.Connections += 500
		s.ActiveConnections = uint32(50 * latencies[i])
		if c.periods > 0 {
			seen = append(seen, Observation{Service: c.id, Server: s.ID, LatencySeconds: &latencies[i], RequestsPerSecond: new(50.0)})
		}
	}
	var plan Plan
	plan, c.state = Step(c.config, c.state, &c.table, seen, after(10*float64(c.periods)))
	c.periods++
	return plan.Services[0]
}

// apply writes the weights of a plan.
func (c *counter) apply(p ServicePlan) {
	for i, s := range p.Servers {
		c.table.Services[0].Servers[i].Weight = s.Weight
	}
}

// TestEqualServersAreLeftAlone has means of 500 exponential times.
func TestEqualServersAreLeftAlone(t *testing.T) {
	random := rand.New(rand.NewPCG(21, 22))
	for _, policy := range comparing() {
		for _, scheduler := range weighing() {
			c := newCounter(policy, scheduler, []uint32{64, 64, 64, 64})
			for range 60 {
				latencies := make([]float64, 4)
				for i := range latencies {
					latencies[i] = 0.03 * (1 + random.NormFloat64()/math.Sqrt(500))
				}
				if p := c.step(latencies); p.Action == Apply {
					t.Errorf("%s under %s: %s", policy, scheduler, p.Reason)
				}
			}
		}
	}
}

// TestSlowServersLoseShares has one of three servers take three times as long
// as the others, whatever its share.
func TestSlowServersLoseShares(t *testing.T) {
	for _, policy := range comparing() {
		for _, scheduler := range weighing() {
			c := newCounter(policy, scheduler, []uint32{64, 64, 64})
			p := c.step([]float64{0.02, 0.06, 0.02})
			if policy == Overhead && !slices.Contains([]string{"wrr", "mh", "sh"}, scheduler) {
				if p.Action != Skip || p.Code != CodeScheduler {
					t.Errorf("%s under %s: %s %s", policy, scheduler, p.Action, p.Reason)
				}
				continue
			}
			for range 6 {
				p = c.step([]float64{0.02, 0.06, 0.02})
				checkPlan(t, c.config, Plan{Services: []ServicePlan{p}})
				c.apply(p)
			}
			slow, fast, other := p.Servers[1].Weight, p.Servers[0].Weight, p.Servers[2].Weight
			if slow >= fast || slow >= other || scheduler != "sh" && fast != other {
				t.Errorf("%s under %s: weights %d, %d, %d: %s", policy, scheduler, fast, slow, other, p.Reason)
			}
		}
	}
}

// TestFasterServersGetNoLess has random latencies at equal weights, of which
// whole rounds make the buckets of sh.
func TestFasterServersGetNoLess(t *testing.T) {
	random := rand.New(rand.NewPCG(23, 24))
	applied := 0
	for n := range 300 {
		policy, scheduler := comparing()[n%3], weighing()[n%9]
		weights, latencies := make([]uint32, 2<<random.IntN(3)), []float64(nil)
		for i := range weights {
			weights[i] = 32
			latencies = append(latencies, 0.01*math.Exp(0.7*random.NormFloat64()))
		}
		c := newCounter(policy, scheduler, weights)
		c.step(latencies)
		p := c.step(latencies)
		checkPlan(t, c.config, Plan{Services: []ServicePlan{p}})
		if p.Action == Apply {
			applied++
		}
		for i, a := range p.Servers {
			for j, b := range p.Servers {
				room := uint32(0)
				switch scheduler {
				case "wrr", "mh":
				case "sh":
					room = 1 // its buckets come out even that way
				default:
					room = b.Weight / 50 // equal shares of unlike connections
				}
				if latencies[i] < latencies[j] && a.Weight+room < b.Weight {
					t.Errorf("%s under %s: weight %d at %v, %d at %v", policy, scheduler, a.Weight, latencies[i], b.Weight, latencies[j])
				}
			}
		}
	}
	if applied < 100 {
		t.Errorf("only %d plans change anything", applied)
	}
}
