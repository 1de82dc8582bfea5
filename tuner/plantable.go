package tuner

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// WriteText writes a plan for people: each virtual service with what is done
// about it and why, and a row for each of its real servers.
func WriteText(w io.Writer, p Plan) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i, s := range p.Services {
		if i > 0 {
			fmt.Fprintln(t)
		}
		// Without a tab these lines take no part in the columns.
		fmt.Fprintf(t, "%s (%s): %s: %s\n", s.where(), s.how(), s.Action, s.Reason)
		if a := s.Autoscaling; a != nil && a.Desired != nil {
			fmt.Fprintf(t, "  %s\n", adviceText(a, s.available()))
		}
		limited := slices.ContainsFunc(s.Servers, ServerPlan.isLimited)
		if len(s.Servers) > 0 {
			fmt.Fprintf(t, "  REAL SERVER\tWEIGHT\tSHARE\tLATENCY\tCAPACITY\t%sREASON\n", column(limited, "THRESHOLD"))
		}
		for i := range s.Servers {
			server := &s.Servers[i]
			fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\t%s%s\n", server.Server, server.weightText(), server.shareText(),
				server.latencyText(), server.capacityText(), column(limited, server.thresholdText()), server.Reason.inTable())
		}
	}
	if len(p.Services) == 0 {
		fmt.Fprintln(t, "no virtual service matches the configuration")
	}
	return t.Flush()
}

// where names the virtual service, with the network namespace where that is not
// the program's own.
func (s *ServicePlan) where() string {
	if s.Netns == "" {
		return s.Service.String()
	}
	return s.Service.String() + " in " + s.Netns
}

// how names the policy, with the source of the latencies where they matter.
func (s *ServicePlan) how() string {
	if s.Source == "" {
		return string(s.Policy)
	}
	return string(s.Policy) + " by " + s.Source
}

func (p *ServerPlan) weightText() string {
	if p.Weight == p.PreviousWeight {
		return fmt.Sprint(p.Weight)
	}
	return fmt.Sprintf("%d -> %d", p.PreviousWeight, p.Weight)
}

// shareText returns the share of new connections, before and after, "-" where
// it is not known.
func (p *ServerPlan) shareText() string {
	if p.ShareRatio == nil || p.PreviousShareRatio == nil {
		return "-"
	}
	before, after := fmt.Sprintf("%.1f", 100**p.PreviousShareRatio), fmt.Sprintf("%.1f", 100**p.ShareRatio)
	if before == after {
		return before + " %"
	}
	return before + " -> " + after + " %"
}

// latencyText returns the latency, "-" where it is not known.
func (p *ServerPlan) latencyText() string {
	if p.LatencySeconds == 0 {
		return "-"
	}
	return secondsText(p.LatencySeconds)
}

// capacityText returns the capacity and its error, "-" where it is not known.
func (p *ServerPlan) capacityText() string {
	if p.CapacityRequestsPerSecond == 0 {
		return "-"
	}
	text := perSecondText(p.CapacityRequestsPerSecond)
	if p.CapacityErrorRatio > 0 {
		text += fmt.Sprintf(" ±%.0f %%", 100*p.CapacityErrorRatio)
	}
	return text
}
