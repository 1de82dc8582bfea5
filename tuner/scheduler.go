package tuner

// refusal says why a scheduler's weights are left alone, "" where they are
// tuned: those of wrr, by which each server gets new connections in proportion
// to its weight (net/netfilter/ipvs/ip_vs_wrr.c).
func refusal(scheduler string) string {
	switch scheduler {
	case "wrr":
		return ""
	case "rr", "lc", "dh":
		return "ignores weights but for 0"
	case "fo":
		return "takes weights for priorities, not shares"
	case "ovf":
		return "takes weights for limits of active connections, not shares"
	case "wlc", "sed", "nq", "lblc", "lblcr":
		return "shares by weight and connections at once, which is not yet supported"
	case "sh", "mh":
		return "shares by weight among clients' addresses, which is not yet supported"
	case "twos":
		return "shares by weight between two servers drawn at random, which is not yet supported"
	}
	return "is not a scheduler known here"
}

// SharesOf returns the share of new connections that wrr gives each weight.
func SharesOf(weights []uint32) []float64 {
	sum := 0.0
	for _, w := range weights {
		sum += float64(w)
	}
	shares := make([]float64, len(weights))
	for i, w := range weights {
		if w > 0 {
			shares[i] = float64(w) / sum
		}
	}
	return shares
}
