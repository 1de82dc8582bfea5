package figures

import (
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
)

// bars returns those of a member of the family, by its scheduler.
func (m member) bars() []Bar {
	cost := map[string]float64{"wrr": 1.03, "mh": 1.03, "sh": 1.03, "wlc": 1.05, "sed": 1.08}[m.Scheduler]
	if m.Scheduler == "wrr" && m.Percent == 85 {
		return []Bar{{Cost, cost}, {Settled, 8}}
	}
	return []Bar{{Cost, cost}}
}

type other struct {
	name string
	over tuner.Policy
	bars []Bar
}

// others returns the scenarios that have files of their own.
func others() []other {
	joiner := []Bar{{Cost, 1.06}, {Failed, 0}}
	return []other{
		{"theft", sim.Oracle, []Bar{{Cost, 1.08}, {Settled, 4}}},
		{"hundred", sim.Oracle, []Bar{{Cost, 1.05}}},
		{"noise", tuner.Static, []Bar{{Cost, 1.02}, {Moved, 0.005}}},
		{"late", sim.Oracle, []Bar{{Cost, 1.03}, {Moved, 0.005}}},
		{"hole", sim.Oracle, []Bar{{Failed, 0.01}}},
		{"hole-watched", sim.Oracle, []Bar{{Failed, 0.002}}},
		{"hang", sim.Oracle, []Bar{{Failed, 0.0045}}},
		{"hang-watched", sim.Oracle, []Bar{{Failed, 0.002}}},
		{"joiner-wrr", sim.Oracle, joiner},
		{"joiner-wrr-watched", sim.Oracle, joiner},
		{"joiner-wlc", sim.Oracle, joiner},
		{"joiner-wlc-watched", sim.Oracle, joiner},
		{"crowd-nat", sim.Oracle, []Bar{{Admitted, 1.1}, {Refused, 1.1}}},
		{"crowd-route", sim.Oracle, []Bar{{Admitted, 1.1}, {Refused, 1.1}}},
		{"sessions", sim.Oracle, []Bar{{Cost, 1.03}}},
		{"day", sim.Oracle, []Bar{{Cost, 1.03}}},
	}
}
