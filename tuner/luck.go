package tuner

import "github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"

// luckAfter returns the logarithm of the factor by which a server gets more
// connections than its weight promises, after a step. Schedulers that hash
// clients' addresses deal them by chance, but the same ones again.
func luckAfter(scheduler string, luck float64, v *server, d demand) float64 {
	c := v.counted
	if scheduler != "sh" && scheduler != "mh" || !c.known || c.perSecond == 0 || v.expected == 0 || d.PerSecond == 0 {
		return luck
	}
	n := c.perSecond * c.seconds
	return luck + 0.5*n/(n+100)*(exact.Log(c.perSecond/d.PerSecond/v.expected)-luck)
}
