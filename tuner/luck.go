package tuner

import "github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"

const (
	// luckPace is how much of what a period shows of a server's luck is
	// believed, and luckyCount at how many connections half of that.
	luckPace   = 0.5
	luckyCount = 100
)

// trackLuck notes by what factor each server gets more connections than its
// weight promises. Schedulers that hash clients' addresses deal them by chance,
// but the same ones again, so that it can be reckoned with.
func (f *fleet) trackLuck(states []serverState) {
	if !f.hashes() || f.demand.PerSecond == 0 {
		return
	}
	promised := f.shares(weightsOf(f.servers)) // all lucks are 1 yet
	for i := range f.servers {
		v, s := &f.servers[i], &states[i]
		if c := v.counted; c.known && c.perSecond > 0 && promised[i] > 0 {
			n := float64(c.perSecond * c.seconds)
			seen := exact.Log(c.perSecond / float64(f.demand.PerSecond*promised[i]))
			s.Luck += float64(luckPace * n / (n + luckyCount) * (seen - s.Luck))
		}
		v.luck = exact.Exp(s.Luck)
	}
}
