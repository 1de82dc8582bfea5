package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/compare"
)

// mostServers is how many real servers are shown: those about whose shares the
// policies differ most.
const mostServers = 12

// serversOf returns the charts of the servers, in the scenario's order.
func serversOf(c compare.Comparison, s section) (servers []server, omitted string) {
	shown := mostTelling(c)
	if all := len(c.Scenario.Config.Servers); len(shown) < all {
		omitted = fmt.Sprintf("%d of %d real servers, those whose shares differ most", len(shown), all)
	}
	shares, weights := 0.0, 0.0
	for _, i := range shown {
		_, largest := bounds(append(linesOf(c, shareOf(i)), linesOf(c, bestOf(i))...))
		shares = max(shares, largest)
		_, largest = bounds(linesOf(c, weightOf(i)))
		weights = max(weights, largest)
	}
	for _, i := range shown {
		servers = append(servers, server{
			Name: c.Scenario.Config.Servers[i].ID.String(),
			Charts: []chart{
				shareChart(c, s, i, linear(shares)),
				drawn(c, s, "Weight", "", scale{"log1", 0, max(10, roundUp(weights))}, short, linesOf(c, weightOf(i))),
			},
		})
	}
	return servers, omitted
}

// shareChart has a line more, of the best share.
func shareChart(c compare.Comparison, s section, server int, of scale) chart {
	ch := drawn(c, s, "Share of connections", "%", of, percent, linesOf(c, shareOf(server)))
	best := policy{Name: "best", Class: "best", Width: "1.6"}
	ch.add(best, of, c.Scenario.Config.Duration, linesOf(c, bestOf(server))[0])
	return ch
}

func shareOf(server int) func(sim.Period) (float64, bool) {
	return func(p sim.Period) (float64, bool) { return p.Servers[server].ShareRatio, true }
}

func bestOf(server int) func(sim.Period) (float64, bool) {
	return func(p sim.Period) (float64, bool) { return p.Servers[server].OracleRatio, true }
}

func weightOf(server int) func(sim.Period) (float64, bool) {
	return func(p sim.Period) (float64, bool) { return float64(p.Servers[server].Weight), true }
}

// mostTelling returns the indices of the servers to show.
func mostTelling(c compare.Comparison) []int {
	differences := make([]float64, len(c.Scenario.Config.Servers))
	order := make([]int, len(differences))
	for i := range order {
		order[i] = i
		for _, r := range c.Rows {
			for _, p := range r.Runs[0].Periods {
				differences[i] += math.Abs(p.Servers[i].ShareRatio - p.Servers[i].OracleRatio)
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(differences[b], differences[a]) })
	order = order[:min(mostServers, len(order))]
	slices.Sort(order)
	return order
}
