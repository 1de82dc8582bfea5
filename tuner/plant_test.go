package tuner

import (
	"math"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// plant is a director with one wrr service whose real servers are single
// queues: a server of rate mu, in requests per second, that gets lambda of
// them needs 1/(mu-lambda) seconds. What is observed is the mean of as many
// exponential times as there were requests.
type plant struct {
	random  *rand.Rand
	now     time.Time
	demand  float64   // requests per second, of the whole service
	rates   []float64 // mu of each server
	weights []uint32
	period  time.Duration
}

var plantService = ipvs.AddressService(ipvs.TCP, netip.MustParseAddrPort("10.0.0.1:80"))

func newPlant(seed uint64, demand float64, rates ...float64) *plant {
	p := &plant{
		random: rand.New(rand.NewPCG(seed, 1)),
		now:    time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		demand: demand,
		rates:  rates,
		period: 10 * time.Second,
	}
	for range rates {
		p.weights = append(p.weights, 1)
	}
	return p
}

func plantServer(i int) ipvs.ServerID {
	return ipvs.ServerID{AddrPort: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 1, byte(i + 1)}), 80)}
}

func (p *plant) table() *ipvs.Table {
	v := ipvs.VirtualService{ID: plantService, Scheduler: "wrr"}
	for i, w := range p.weights {
		v.Servers = append(v.Servers, ipvs.RealServer{ID: plantServer(i), Weight: w})
	}
	return &ipvs.Table{Services: []ipvs.VirtualService{v}}
}

// observe lets a period pass and returns what a meter saw in it.
func (p *plant) observe() []Observation {
	p.now = p.now.Add(p.period)
	var seen []Observation
	for i, share := range SharesOf(p.weights) {
		rate := share * p.demand
		requests := math.Round(rate * p.period.Seconds())
		if requests == 0 {
			continue
		}
		latency := p.latency(i, rate)
		latency *= p.meanOfExponentials(int(requests))
		seen = append(seen, Observation{Service: plantService, Server: plantServer(i), Time: p.now,
			LatencySeconds: &latency, RequestsPerSecond: &rate})
	}
	return seen
}

// latency returns that of a server at a rate; a saturated one is as slow as its
// queue's limit makes it.
func (p *plant) latency(i int, rate float64) float64 {
	return min(1/max(p.rates[i]-rate, 0), 5)
}

// meanLatency returns the mean over the requests of some periods.
func (p *plant) meanLatency(shares [][]float64) float64 {
	total := 0.0
	for _, period := range shares {
		for i, s := range period {
			total += s * p.latency(i, s*p.demand)
		}
	}
	return total / float64(len(shares))
}

func (p *plant) meanOfExponentials(n int) float64 {
	total := 0.0
	for range n {
		total += p.random.ExpFloat64()
	}
	return total / float64(n)
}

// apply writes a plan and returns the number of servers written.
func (p *plant) apply(plan Plan) int {
	writes := 0
	for i, s := range plan.Services[0].Servers {
		if s.Weight != s.PreviousWeight {
			writes++
		}
		p.weights[i] = s.Weight
	}
	return writes
}

func plantConfig() Config {
	c, s := DefaultConfig(), DefaultService()
	s.Match, s.Policy, s.Guards.ObserveFirst = plantService.String(), Equalize, 0
	c.Services = []ServiceConfig{s}
	return c
}

// run controls the plant for some periods; it returns the shares after each
// period and the number of periods with a write.
func (p *plant) run(state *State, periods int) (shares [][]float64, writes int) {
	for range periods {
		var plan Plan
		plan, *state = Step(plantConfig(), *state, p.table(), p.observe(), p.now)
		if p.apply(plan) > 0 {
			writes++
		}
		shares = append(shares, SharesOf(p.weights))
	}
	return shares, writes
}
