package tuner

import (
	"fmt"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/scaling"
)

// column returns the text of a column that may be left out.
func column(there bool, text string) string {
	if !there {
		return ""
	}
	return text + "\t"
}

// isLimited reports whether the server has thresholds, before or after.
func (p ServerPlan) isLimited() bool {
	return p.thresholds() != thresholds{} || p.previousThresholds() != thresholds{}
}

// thresholdText returns the thresholds, before and after: the upper one, with
// the lower one where that is another; "-" is none.
func (p *ServerPlan) thresholdText() string {
	before, after := p.previousThresholds().text(), p.thresholds().text()
	if before == after {
		return after
	}
	return before + " -> " + after
}

func (t thresholds) text() string {
	switch {
	case t == thresholds{}:
		return "-"
	case t.Lower == t.Upper:
		return fmt.Sprint(t.Upper)
	}
	return t.String()
}

// available returns how many servers have a weight above 0.
func (s *ServicePlan) available() int {
	n := 0
	for i := range s.Servers {
		if s.Servers[i].PreviousWeight > 0 {
			n++
		}
	}
	return n
}

// adviceText returns what is told to whoever adds and removes servers, where all
// of it is known.
func adviceText(a *scaling.Advice, available int) string {
	return fmt.Sprintf("%s come, %.0f %% of the %s that %d servers bear; desired servers: %d",
		perSecondText(a.Demand), 100**a.Utilization, perSecondText(*a.Capacity), available, *a.Desired)
}
