package tuner

import (
	"fmt"
	"math"
	"os"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sharing"
)

var debugOptimize = os.Getenv("DEBUG_OPT") != ""

// failureSeconds is what a failed request counts as, in the seconds that others wait.
const failureSeconds = 10.0

// noiseAtFirst is by how much more than their counts say readings scatter.

// fleet is the servers of a virtual service as the optimiser sees them.
type fleet struct {
	scheduler string
	servers   []server
	loads     []capacity.Server // of those whose capacity is known
	total     float64           // requests per second
	requests  float64           // per connection
	traffic   sharing.Traffic
}

// known reports whether a server's latency can be predicted.
func (f *fleet) known(i int) bool { return f.servers[i].belief.Known() && !f.servers[i].failing }

// present returns how many requests are there under shares that weights bring.
func (f *fleet) present(weights []uint32, shares []float64) float64 {
	flows := flowsOf(f.scheduler, weights)
	sum := 0.0
	for i, s := range shares {
		rate := s * f.total
		switch {
		case f.servers[i].failing:
			sum += rate * failureSeconds
		case f.known(i):
			sum += f.loads[i].With(flows[i], rate+f.loads[i].Backlog)
		}
	}
	return sum
}

// regret returns by how many requests errors of what is believed of the
// servers make a choice worse than the best, as expected.
func (f *fleet) regret(rates []float64) float64 {
	sum := 0.0
	for i, rate := range rates {
		if f.known(i) {
			_, second := f.loads[i].Marginal(rate)
			sum += second * rate * rate * float64(f.servers[i].belief.Variance) / 2
		}
	}
	return sum
}

func optimize(curves *capacity.Curves, v ipvs.VirtualService, servers []server, limits Weights, known *serviceState, at moment) decision {
	d := known.Demand
	q := d.Requests
	if q == 0 {
		q = 1
	}
	demand := d.PerSecond * q
	if demand == 0 {
		return hold(CodeIdle, "no connections")
	}
	n := float64(len(servers))
	f := fleet{scheduler: v.Scheduler, servers: servers, loads: make([]capacity.Server, len(servers)), requests: q}
	all, free := 0.0, 0
	rates := make([]float64, len(servers))
	for i := range servers {
		if f.known(i) {
			c, _ := servers[i].belief.Capacity()
			all += c
			free++
		}
	}
	if free == 0 {
		return hold(CodeNoObservations, "nothing known")
	}
	f.total = min(demand, 0.97*all)
	least := min(0.1*f.total/n, max(0.002*f.total/n, 5/at.interval.Seconds()))
	rest := f.total
	var loads []capacity.Server
	var filled []float64
	var which []int
	for i := range servers {
		s := &servers[i]
		rates[i] = s.share * f.total
		if v.Scheduler != "wrr" && s.perSecond > 0 {
			rates[i] = s.perSecond
		}
		switch {
		case s.failing:
			rates[i] = 1e-4 * f.total
			rest -= rates[i]
		case !s.belief.Known():
			if s.joined {
				rates[i] = 0.1 * f.total / n
			}
			rest -= rates[i]
		default:
			l := curves.NewServer(s.belief, capacity.Chance())
			l.Backlog = s.backlog(d, at) * q
			l.Low = least
			if c, _ := s.belief.Capacity(); rates[i]+l.Backlog < 0.9*c {
				l.Low = max(least, rates[i]*(1-limits.MaxChangeRatio))
			}
			l.High = max(rates[i]*(1+limits.MaxChangeRatio), l.Bears(0.9), l.Low)
			f.loads[i] = l
			loads, filled, which = append(loads, l), append(filled, max(rates[i], least)), append(which, i)
		}
	}
	high := 0.0
	for _, l := range loads {
		high += l.High
	}
	if high < rest {
		for i := range loads {
			loads[i].High *= rest / high * 1.001
			f.loads[which[i]].High = loads[i].High
		}
	}
	capacity.Allot(loads, filled, rest)
	for i, w := range which {
		rates[w] = filled[i]
	}
	sum := 0.0
	for _, r := range rates {
		sum += r
	}
	present0 := weightsOf(servers)
	now := make([]float64, len(servers))
	for i := range servers {
		now[i] = servers[i].share
		if (v.Scheduler == "sh" || v.Scheduler == "mh") && d.PerSecond > 0 && servers[i].counted.known {
			now[i] = servers[i].expected * servers[i].luck()
		}
	}
	t := &f.traffic
	t.Rate, t.Factor = d.PerSecond, 257
	for i := range servers {
		active := d.Idle
		if f.known(i) {
			active += q * f.loads[i].Present(rates[i]) / rates[i]
		}
		t.Active = append(t.Active, active)
		t.Inactive = append(t.Inactive, 120)
	}
	if counts(v.Scheduler) {
		now = sharing.Shares(v.Scheduler, present0, t)
	}
	before := f.present(present0, now)
	best, bestCost, bestMove := present0, math.Inf(1), math.Inf(1)
	for _, between := range f.mixtures() {
		mixed := make([]float64, len(rates))
		total := 0.0
		for i := range rates {
			mixed[i] = rates[i] / sum
			if f.known(i) {
				c, _ := servers[i].belief.Capacity()
				if between > 0 {
					mixed[i] = (1-between)*rates[i]/sum + between*c/all
				}
				mixed[i] = min(mixed[i], f.loads[i].High/sum)
			}
			if between < 0 { // a part of the way
				mixed[i] = (1+between)*now[i] + -between*rates[i]/sum
			}
			mixed[i] /= servers[i].luck()
			total += mixed[i]
		}
		for i := range mixed {
			mixed[i] /= total
		}
		for _, c := range candidates(v.Scheduler, mixed, t, sharing.Limits{Min: limits.Min, Max: limits.Max, Now: present0}) {
			over := false
			lucky := 0.0
			for i := range c.Shares {
				c.Shares[i] *= servers[i].luck()
				lucky += c.Shares[i]
			}
			for i := range c.Shares {
				c.Shares[i] /= lucky
				s := c.Shares[i]
				if f.known(i) && s*f.total > 1.03*f.loads[i].High {
					over = true
				}
				if !servers[i].belief.Known() && s*f.total > 1.5*rates[i]+1e-3*f.total {
					over = true
				}
			}
			if over {
				continue
			}
			cost := f.present(c.Weights, c.Shares)
			if move := cost + f.upheaval(present0, c.Weights)/(horizon*at.interval.Seconds()); move < bestMove {
				best, bestCost, bestMove = c.Weights, cost, move
			}
		}
	}
	must := false
	for i := range servers {
		if servers[i].joined && now[i]*f.total > 2*rates[i] {
			must = true
		}
	}
	regret := f.regret(rates) / before
	gain := (before - bestMove) / before
	if debugOptimize {
		fmt.Fprintf(os.Stderr, "%s demand %.0f q %.2f idle %.3f cost %.2f -> %.2f regret %.3f noise %.2f worth %.3f weights %v -> %v\n", at.now.Format("15:04:05"), demand, q, d.Idle, before, bestCost, regret, known.Noise, known.Worth, present0, best)
		for i := range servers {
			s := &servers[i]
			c, sd := s.belief.Capacity()
			fmt.Fprintf(os.Stderr, "   %s arrived %.1f wanted %.1f cap %.1f sd %.3f v %.3f chances %.2f backlog %.1f lat %.4f active %d failing %v joined %v luck %.2f\n", s.id, s.counted.perSecond, rates[i], c, sd, math.Sqrt(float64(s.belief.Variance)), s.belief.Chances, f.loads[i].Backlog, s.latency, s.active, s.failing, s.joined, s.luck())
		}
	}
	known.Worth = max(0, known.Worth+gain-0.01)
	if known.Worth < 0.03 && !must || math.IsInf(bestCost, 1) {
		return hold(CodeSettled, "nothing to gain")
	}
	known.Worth = 0
	return decision{action: Apply, code: CodeSlower, reason: fmt.Sprintf("%.1f %% to gain", 100*gain), weights: best}
}

// luck returns by how much a server's share is other than its weight promises.
func (s *server) luck() float64 {
	return exact.Exp(s.logLuck)
}

// backlog returns the connections per second that a server is to work off
// besides new ones.
func (s *server) backlog(d demand, at moment) float64 {
	if !d.plain() {
		return 0
	}
	c, _ := s.belief.Capacity()
	usual := max(10, 3*s.share) + d.Idle*s.counted.perSecond
	return min(max(0, float64(s.active)-usual)/(2*at.interval.Seconds()), 0.9*c)
}

func candidates(scheduler string, wanted []float64, t *sharing.Traffic, limits sharing.Limits) []sharing.Candidate {
	if scheduler != "wrr" || os.Getenv("CAND") != "" {
		return sharing.Candidates(scheduler, wanted, t, limits)
	}
	var all []sharing.Candidate
	for _, l := range sizes() {
		w := scaled(wanted, limits.Min, l)
		all = append(all, sharing.Candidate{Weights: w, Shares: SharesOf(w)})
	}
	return all
}

func sizes() []uint32 {
	var s []uint32
	for i := uint32(1); i <= 24; i++ {
		s = append(s, i)
	}
	return append(s, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1000)
}

func counts(scheduler string) bool {
	switch scheduler {
	case "wlc", "sed", "nq", "lblc", "lblcr", "twos":
		return true
	}
	return false
}

// upheaval returns what a change of weights costs by itself, in requests
// present times seconds.
func (f *fleet) upheaval(from, to []uint32) float64 {
	if !f.remembers() {
		return 0
	}
	a, b := SharesOf(from), SharesOf(to)
	sum, all := 0.0, 0.0
	for i := range f.servers {
		all += float64(f.servers[i].inactive)
	}
	for i := range a {
		s := &f.servers[i]
		extra := b[i]*all - float64(s.inactive)
		if !f.known(i) || b[i] <= a[i] || extra <= 0 {
			continue
		}
		c, _ := s.belief.Capacity()
		spare := max(0.1*c, c-s.perSecond) / f.requests
		sum += extra / f.traffic.Factor * extra / spare / 2
	}
	return sum
}

const horizon = 6

func (f *fleet) mixtures() []float64 {
	if f.remembers() {
		return []float64{0, -0.5, -0.25, -0.125, -0.06}
	}
	return []float64{0, 0.5, 1}
}

// remembers reports whether the scheduler counts closed connections too.
func (f *fleet) remembers() bool {
	return f.scheduler == "wlc" || f.scheduler == "lblc" || f.scheduler == "lblcr"
}
