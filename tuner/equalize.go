package tuner

import (
	"fmt"
	"math"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
)

// equalize moves shares from the servers that need longer than the mean to
// those that need less, by one step.
func equalize(servers []server, limits Weights) decision {
	c := columnsOf(servers)
	deviations := deviations(c.shares, toldApart(c.logs, c.variances, c.measured), c.measured)
	steps := note(servers, deviations)
	wanted := target(c.shares, deviations, steps)
	most := farthest(c.shares, wanted, deviations)
	if most < 0 {
		return hold(CodeSettled, "latencies differ by no more than their errors")
	}
	spans := stepSpans(c.shares, limits.MaxChangeRatio)
	wanted = withinRatio(wanted, float64(limits.Max)/float64(limits.Min))
	wanted = fit(wanted, aboveFloor(slowed(spans, c.shares, steps)))
	reason := servers[most].ID.String() + " " + servers[most].reason
	if !worthwhile(c.shares, wanted) {
		return hold(CodeSmall, reason+", but the change that is allowed is not worth a write")
	}
	weights := smallWeights(wanted, spans, limits.Min, limits.Max)
	if weights == nil {
		return hold(CodeRange, fmt.Sprintf("%s, but no weights from %d to %d change the shares by so little",
			reason, limits.Min, limits.Max))
	}
	return decision{action: Apply, code: direction(deviations[most]), reason: reason, weights: weights}
}

// columns holds the servers' values side by side.
type columns struct {
	shares, logs, variances []float64 // logs of latency
	measured                []bool
}

func columnsOf(servers []server) (c columns) {
	for _, s := range servers {
		c.shares = append(c.shares, s.share)
		c.logs = append(c.logs, exact.Log(s.latency))
		c.variances = append(c.variances, s.variance)
		c.measured = append(c.measured, s.measured)
	}
	return c
}

// note takes the deviations into the reasons and the pace of the servers, and
// returns which part of a full step each is to make, 0 without a measurement.
func note(servers []server, deviations []float64) []float64 {
	steps := make([]float64, len(servers))
	for i, d := range deviations {
		if s := &servers[i]; s.measured {
			s.reason = s.comparison(d)
			s.pace = s.pace.after(d)
			steps[i] = s.pace.step()
		}
	}
	return steps
}

// farthest returns the index of the server that deviates and whose share is to
// change most; -1 where none deviates.
func farthest(shares, wanted, deviations []float64) int {
	most, distance := -1, -1.0
	for i, w := range wanted {
		if d := math.Abs(w - shares[i]); deviations[i] != 0 && d > distance {
			most, distance = i, d
		}
	}
	return most
}

func direction(deviation float64) Code {
	if deviation > 0 {
		return CodeSlower
	}
	return CodeFaster
}
