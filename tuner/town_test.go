package tuner

import (
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"
)

// town is a director with a thousand virtual services of a hundred real servers
// each, all measured in each period: forty different ones, about 25 times
// each, as those that are judged in the same periods.
type town struct {
	table        *ipvs.Table
	state        State
	observations []Observation
	now          time.Time
}

const townServices, townServers, townKinds = 1000, 100, 40

func newTown(schedulers ...string) town { return townOf(newKinds(schedulers...)) }

// newRound returns a town in each of the periods in which all services that
// rest have their turn once.
func newRound(schedulers ...string) []town {
	kinds, round := newKinds(schedulers...), []town(nil)
	for range 2 * rests {
		round = append(round, townOf(kinds))
		for i, q := range kinds {
			q.pass(uint64(i))
		}
	}
	return round
}

// newKinds returns kinds of services that were tuned for ten minutes, and wait
// for a decision.
func newKinds(schedulers ...string) []*quarter {
	kinds := make([]*quarter, townKinds)
	for i := range kinds {
		kinds[i] = newQuarter(uint64(i), schedulers[i%len(schedulers)])
		kinds[i].period(uint64(i))
		for range 60 {
			kinds[i].pass(uint64(i))
		}
	}
	return kinds
}

func townOf(kinds []*quarter) town {
	town := town{table: &ipvs.Table{}, state: State{Services: make(map[ipvs.ServiceID]serviceState)}}
	for i := range townServices {
		id := townService(i)
		alike := slices.DeleteFunc(slices.Clone(kinds), func(q *quarter) bool { return phase(q.service.ID) != phase(id) })
		alike[i%len(alike)].join(&town, id)
	}
	return town
}

func townService(i int) ipvs.ServiceID {
	return ipvs.AddressService(ipvs.TCP, netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}), 80))
}

func townConfig() Config {
	c, s := DefaultConfig(), DefaultService()
	s.Match, s.Policy, s.Guards.ObserveFirst = "*", Optimize, 0
	c.Services = []ServiceConfig{s}
	return c
}

// quarter is a kind of service of the town.
type quarter struct {
	*plant
	scheduler string
	truth     []capacity.Server // what the servers bear, all with one worker
	service   ipvs.VirtualService
	state     State
	seen      []Observation
}

func newQuarter(seed uint64, scheduler string) *quarter {
	random, rates, total := rand.New(rand.NewPCG(seed, 2)), make([]float64, townServers), 0.0
	for i := range rates {
		rates[i] = 200 * math.Exp(random.NormFloat64()/2)
		total += rates[i]
	}
	q := &quarter{plant: newPlant(seed, 0.7*total, rates...), scheduler: scheduler}
	curves := capacity.NewCurves()
	for _, rate := range rates {
		sure := capacity.Belief{Means: [capacity.Shapes]float32{float32(math.Log(rate))}, Chances: [capacity.Shapes]float32{1}, Variance: 1e-9}
		q.truth = append(q.truth, curves.NewServer(sure))
	}
	q.service = ipvs.VirtualService{Scheduler: scheduler, Servers: make([]ipvs.RealServer, townServers)}
	for i := range q.service.Servers {
		q.service.Servers[i].ID, q.weights[i] = plantServer(i), 10
	}
	return q
}

// decide returns the plan of what was seen, and the state after it.
func (q *quarter) decide() (Plan, State) {
	return Step(townConfig(), q.state, &ipvs.Table{Services: []ipvs.VirtualService{q.service}}, q.seen, q.now)
}

// pass has a decision carried out, and lets the period after it pass.
func (q *quarter) pass(seed uint64) {
	var plan Plan
	plan, q.state = q.decide()
	q.apply(plan)
	q.period(seed)
}

// period lets one pass, of which the director and a meter tell: servers of one
// worker, whose latency goes by how evenly the scheduler deals, too.
func (q *quarter) period(seed uint64) {
	q.now = q.now.Add(q.plant.period)
	q.service.ID, q.service.Servers, q.seen = townService(int(seed)), slices.Clone(q.service.Servers), q.seen[:0:0]
	flows := (&fleet{service: q.service}).flows(q.weights, nil)
	for i, share := range SharesOf(q.weights) {
		s, rate := &q.service.Servers[i], share*q.demand
		n := math.Round(rate * q.plant.period.Seconds())
		off := q.random.NormFloat64() * math.Sqrt(scatter(rate/q.rates[i])/max(n, 1))
		latency := min(q.truth[i].Present(flows[i], rate)/rate*math.Exp(off), 5)
		s.Weight = q.weights[i]
		s.Stats.Connections += uint64(n)
		s.ActiveConnections, s.InactiveConnections = uint32(rate*latency), uint32(rate*120)
		q.seen = append(q.seen, Observation{Service: q.service.ID, Server: s.ID, Time: q.now, LatencySeconds: &latency, RequestsPerSecond: &rate})
	}
}

// scatter returns by how much more the mean latency of a server varies than that
// of so many requests that do not wait for each other: about as much as in a
// queue of one worker that is so busy.
func scatter(busy float64) float64 {
	busy = min(busy, mostBusy)
	return (1 + 3*busy) / ((1 - busy) * (1 - busy))
}

func (q *quarter) join(t *town, id ipvs.ServiceID) {
	was := q.service.ID
	v := q.service
	v.ID = id
	t.table.Services, t.now = append(t.table.Services, v), q.now
	for _, o := range q.seen {
		o.Service = id
		t.observations = append(t.observations, o)
	}
	t.state.Time, t.state.Services[id] = q.state.Time, q.state.Services[was]
}

// unsettle puts all weights back, so that every service is worth a write.
func (t *town) unsettle() {
	for _, v := range t.table.Services {
		for i := range v.Servers {
			v.Servers[i].Weight = 10
		}
	}
}
