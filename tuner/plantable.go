package tuner

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
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
		fmt.Fprintf(t, "%s (%s): %s: %s\n", s.where(), s.Policy, s.Action, s.Reason)
		if a := s.Autoscaling; a != nil && a.Desired != nil {
			fmt.Fprintf(t, "  %s\n", adviceText(a, s.available()))
		}
		limited := slices.ContainsFunc(s.Servers, ServerPlan.isLimited)
		if len(s.Servers) > 0 {
			fmt.Fprintf(t, "  REAL SERVER\tWEIGHT\tSHARE\tLATENCY\t%sREASON\n", column(limited, "THRESHOLD"))
		}
		shares := SharesOf(previousWeights(s.Servers))
		for i, server := range s.Servers {
			fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s%s\n", server.Server, server.weightText(),
				server.shareText(shares[i]), server.latencyText(), column(limited, server.thresholdText()), server.Reason)
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

func previousWeights(servers []ServerPlan) []uint32 {
	weights := make([]uint32, 0, len(servers))
	for _, s := range servers {
		weights = append(weights, s.PreviousWeight)
	}
	return weights
}

func (p *ServerPlan) weightText() string {
	if p.Weight == p.PreviousWeight {
		return fmt.Sprint(p.Weight)
	}
	return fmt.Sprintf("%d -> %d", p.PreviousWeight, p.Weight)
}

// shareText returns the share of new connections, before and after, "-" where
// the weights alone do not tell.
func (p *ServerPlan) shareText(previous float64) string {
	switch {
	case p.ShareRatio == nil:
		return "-"
	case *p.ShareRatio == previous:
		return fmt.Sprintf("%.1f %%", 100*previous)
	}
	return fmt.Sprintf("%.1f -> %.1f %%", 100*previous, 100**p.ShareRatio)
}

// latencyText returns the latency with three digits or so, "-" where it is not
// known.
func (p *ServerPlan) latencyText() string {
	if p.LatencySeconds == nil {
		return "-"
	}
	d := time.Duration(*p.LatencySeconds * float64(time.Second))
	switch {
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	}
	return d.Round(10 * time.Nanosecond).String()
}
