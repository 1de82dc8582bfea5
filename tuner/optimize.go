package tuner

import (
	"fmt"
	"math"
	"os"
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"
)

var debugOptimize = os.Getenv("DEBUG_OPT") != ""

// counts is what the director counted of a server between two steps.
type counts struct {
	arrived, done float64 // per second
	present       float64
	n             float64 // done
	ok            bool
}

func (s *serverState) count(v *server, r tally) counts {
	return counts{}
}

type tally struct{}

func uneven(weights []uint32) []float64 {
	n := len(weights)
	order := make([]int, 0, n)
	total, g := 0.0, uint32(0)
	for i, w := range weights {
		if w > 0 {
			order = append(order, i)
			g = gcd(g, w)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(weights[b]) - int(weights[a]) })
	for _, i := range order {
		total += float64(weights[i] / g)
	}
	e := make([]float64, n)
	// tail sums
	m := len(order)
	squares := 0.0
	tails := make([]float64, m+1)
	for j := m; j >= 1; j-- {
		next := 0.0
		if j < m {
			next = float64(weights[order[j]] / g)
		}
		d := float64(weights[order[j-1]]/g) - next
		squares += d * float64(j) * float64(j)
		tails[j] = squares
	}
	lead := 0.0
	for j := 1; j <= m; j++ {
		i := order[j-1]
		w := float64(weights[i] / g)
		fm := float64(m)
		sq := (tails[j] - fm*fm + (fm+lead)*(fm+lead)) / w
		mean := total / w
		ca := (mean + sq - mean*mean) / (mean * mean)
		e[i] = (1 + ca) / 2
		next := 0.0
		if j < m {
			next = float64(weights[order[j]] / g)
		}
		lead += (w - next) * float64(j)
	}
	return e
}

func gcd(a, b uint32) uint32 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func present(curves *capacity.Curves, servers []server, weights []uint32, total float64) float64 {
	e := uneven(weights)
	sum := 0.0
	for i, s := range SharesOf(weights) {
		l := curves.NewServer(servers[i].belief, e[i])
		sum += l.Present(s*total + servers[i].backlog)
	}
	return sum
}

func optimize(curves *capacity.Curves, servers []server, limits Weights) decision {
	total, known, all := 0.0, 0, 0.0
	shares := make([]float64, len(servers))
	for i := range servers {
		s := &servers[i]
		total += s.arrived
		shares[i] = s.share
		if s.belief.Known() {
			known++
			c, _ := s.belief.Capacity()
			all += c
		}
	}
	if known < len(servers) || total == 0 {
		return hold(CodeNoObservations, "not all known")
	}
	total = min(total, 0.97*all)
	loads := make([]capacity.Server, len(servers))
	rates := make([]float64, len(servers))
	present0 := make([]uint32, len(servers))
	for i := range servers {
		s := &servers[i]
		loads[i] = curves.NewServer(s.belief, 1)
		loads[i].Backlog = s.backlog
		loads[i].Low = 0.02 * total / float64(len(servers))
		rates[i] = shares[i] * total
		loads[i].High = max(rates[i]*(1+limits.MaxChangeRatio), loads[i].Bears(0.9), loads[i].Low)
		present0[i] = s.weight
	}
	high := 0.0
	for i := range loads {
		high += loads[i].High
	}
	if high < total {
		for i := range loads {
			loads[i].High *= total / high * 1.001
		}
	}
	capacity.Allot(loads, rates, total)
	before := present(curves, servers, present0, total)
	best, bestCost := present0, before
	sum := 0.0
	for _, r := range rates {
		sum += r
	}
	for _, between := range []float64{0, 0.5, 1} {
		mixed := make([]float64, len(rates))
		for i := range rates {
			c, _ := servers[i].belief.Capacity()
			mixed[i] = (1-between)*rates[i]/sum + between*c/all
			mixed[i] = min(mixed[i], loads[i].High/total)
		}
		for largest := uint32(1); largest <= 24; largest++ {
			w := scaled(mixed, limits.Min, largest)
			over := false
			for i, s := range SharesOf(w) {
				if s*total > 1.03*loads[i].High {
					over = true
				}
			}
			if over {
				continue
			}
			if cost := present(curves, servers, w, total); cost < bestCost {
				best, bestCost = w, cost
			}
		}
	}
	if debugOptimize {
		fmt.Fprintf(os.Stderr, "total %.0f cost %.2f -> %.2f weights %v -> %v\n", total, before, bestCost, present0, best)
		for i := range servers {
			c, sd := servers[i].belief.Capacity()
			fmt.Fprintf(os.Stderr, "   %s arrived %.1f wanted %.1f cap %.1f sd %.3f v %.3f chances %.2f backlog %.1f lat %.4f active %d\n", servers[i].id, servers[i].arrived, rates[i], c, sd, math.Sqrt(float64(servers[i].belief.Variance)), servers[i].belief.Chances, servers[i].backlog, servers[i].latency, servers[i].active)
		}
	}
	gain := (before - bestCost) / before
	if gain < 0.01 {
		return hold(CodeSettled, "nothing to gain")
	}
	return decision{action: Apply, code: CodeSlower, reason: fmt.Sprintf("%.1f %% to gain", 100*gain), weights: best}
}
