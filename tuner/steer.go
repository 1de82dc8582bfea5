package tuner

import (
	"fmt"
	"math"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sharing"
)

// steering is how a policy that compares servers wants the shares of new
// connections to move in one step.
type steering struct {
	now    []float64 // by the weights that stand
	wanted []float64 // above 0; a server that keeps its share has that of now
	reason string    // why they move
	code   Code      // the same

	// gain is what a change to shares gains by the policy's own measure, as a
	// part of what there is.
	gain func(shares []float64) float64
	part float64 // of the gain to come that the wanted shares bring
}

// inside is the part of what may change in a step that is asked for: weights
// that are nearly right are then still within it.
const inside = 0.9

// mostOfGain is the part of the gain of the wanted shares that the weights for
// them are to bring: the smallest that do are taken.
const mostOfGain = 0.5

// steer gives the servers the smallest weights that bring about the wanted
// shares, within what may change in one step, once that is worth a write. worth
// is as under optimize.
func (f *fleet) steer(s steering, worth *float64) decision {
	spans := spansOf(s.now, f.limits.MaxChangeRatio)
	wanted := fit(s.wanted, aboveFloor(spansOf(s.now, float64(inside*f.limits.MaxChangeRatio))))
	best, any := f.nearest(wanted, spans, s)
	gain := 0.0
	if any {
		gain = s.gain(best.Shares) / s.part
	}
	*worth = max(0, *worth+gain-leastGain)
	switch {
	case !any:
		return hold(CodeRange, fmt.Sprintf("%s, but no weights from %d to %d change the shares by so little",
			s.reason, f.limits.Min, f.limits.Max))
	case *worth < enoughGain && !rising(s.now, best.Shares):
		return hold(CodeSmall, s.reason+", but the change that is allowed is not worth a write")
	}
	*worth = 0
	return decision{action: Apply, code: s.code, reason: s.reason, weights: best.Weights}
}

// rising reports whether a server with far less than an equal share gets
// plainly more: what is to be gained shows once it has grown.
func rising(now, next []float64) bool {
	for i, share := range now {
		if 2*share*float64(len(now)) < 1 && next[i] > 1.2*share {
			return true
		}
	}
	return false
}

// nearest returns the weights for the wanted shares: under wrr, whose runs go by
// their size, of those that are near enough the coarsest, unless plainly fewer
// requests are predicted to be present under finer ones, or else those that gain
// most; under others the finest. They never change a share by more than is allowed.
func (f *fleet) nearest(wanted []float64, spans []span, s steering) (best sharing.Candidate, any bool) {
	enough, most, fewest := float64(mostOfGain*s.gain(wanted)), math.Inf(-1), math.Inf(1)
	asked := append([]float64{}, wanted...)
	f.unlucky(asked)
	for _, c := range sharing.Candidates(f.scheduler(), asked, &f.traffic, f.weightLimits()) {
		f.lucky(c.Shares)
		if !allWithin(c.Shares, spans) {
			continue
		}
		gain := s.gain(c.Shares)
		switch {
		case f.scheduler() != "wrr":
			best = c
		case gain >= enough && near(c.Shares, wanted):
			if present := f.present(c.Weights, c.Shares); present < float64((1-leastGain)*fewest) {
				best, fewest = c, present
			}
		case gain > most && math.IsInf(fewest, 1):
			best, most = c, gain
		}
		any = true
	}
	return best, any
}

// near reports whether shares are about the wanted ones.
func near(shares, wanted []float64) bool {
	for i, w := range wanted {
		if math.Abs(shares[i]-w) > tolerance(w, len(wanted)) {
			return false
		}
	}
	return true
}

// tolerance is by how much the share of one of n servers may differ from what
// is wanted: a tenth of the share and a hundredth of an equal one, so that the
// smallest servers do not need large weights, but not more than a tenth of the
// share once more, so that a server far below the others can rise. Half of that
// made wrr's weights larger, and its runs cost more than nearer shares gain: at
// 85 % load the mean latency was 1.8 times the best one, not 1.2.
func tolerance(share float64, n int) float64 {
	return float64(0.1*share) + min(0.01/float64(n), 0.1*share)
}

// reckon takes the servers to go on at their present rates: what is shared out,
// what they bear, and how long connections last.
func (f *fleet) reckon() {
	f.total = f.perSecond()
	f.loads = make([]capacity.Server, len(f.servers))
	f.goOn()
	f.traffic.Rate = f.total / f.demand.requests()
}

// goOn takes the servers to go on at their present rates: what they bear, and
// how long connections last.
func (f *fleet) goOn() {
	rates := make([]float64, len(f.servers))
	for i := range f.servers {
		s := &f.servers[i]
		rates[i] = f.nowPerSecond(s)
		if s.bears() {
			f.loads[i] = f.curves.NewServer(s.belief)
		}
	}
	f.expect(rates)
}

// perSecond returns the requests per second of the service: as counted, else as
// measured of those servers that are.
func (f *fleet) perSecond() float64 {
	if f.demand.PerSecond > 0 {
		return float64(f.demand.PerSecond * f.demand.requests())
	}
	rate, share := 0.0, 0.0
	for i := range f.servers {
		if s := &f.servers[i]; s.measured && s.perSecond > 0 {
			rate, share = rate+s.perSecond, share+s.share
		}
	}
	if share == 0 {
		return 0
	}
	return rate / share
}
