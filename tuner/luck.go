package tuner

import "github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"

const (
	// luckPace is how much of what a period shows of a server's luck is
	// believed, and luckyCount at how many connections half of that.
	luckPace   = 0.3
	luckyCount = 100
	mostLuck   = 2.0 // of its logarithm
)

// trackLuck notes by what factor each server gets more connections than its
// weight promises. Schedulers that hash clients' addresses deal them by chance,
// but the same ones again; those that compare active connections go by the
// order of the servers where these are few.
func (f *fleet) trackLuck(known *serviceState) {
	if f.fair() || f.demand.PerSecond == 0 {
		return
	}
	f.goOn()
	promised := f.shares(weightsOf(f.servers)) // all lucks are 1 yet
	for i := range f.servers {
		v, s := &f.servers[i], &known.Servers[i]
		if c := v.counted; c.known && c.perSecond > 0 && promised[i] > 0 {
			n := float64(c.perSecond * c.seconds)
			seen := exact.Log(c.perSecond / float64(f.demand.PerSecond*promised[i]))
			s.Luck += float64(luckPace * n / (n + luckyCount) * (seen - s.Luck))
			s.Luck = min(max(s.Luck, -mostLuck), mostLuck)
		}
		v.luck = exact.Exp(s.Luck)
	}
}

// fair reports whether servers get what their weights promise.
func (f *fleet) fair() bool { return f.scheduler() == "wrr" || f.remembers() }
