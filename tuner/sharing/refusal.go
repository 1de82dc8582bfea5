package sharing

import (
	"strings"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Refusal says why a virtual service's scheduler does not share by weight, and
// which one to use instead; "" where it does.
func Refusal(v *ipvs.VirtualService) string {
	switch v.Scheduler {
	case "wrr", "sh", "mh":
		return ""
	case "wlc", "twos":
		return refuseUncounted(v)
	case "sed", "nq":
		if v.ID.Protocol == ipvs.UDP {
			return "compares active connections, and UDP has none: use wlc, or wrr"
		}
		return refuseUncounted(v)
	case "lblc", "lblcr":
		if v.ID.Mark == 0 {
			return "keeps a destination address on its servers, and this service has one address: use wlc, or mh for clients that should stay"
		}
		return refuseUncounted(v)
	}
	return refuseUnweighted(v.Scheduler)
}

// Instead returns the scheduler that a refusal names first; "" where there is
// none. Each refusal has one.
func Instead(refusal string) string {
	_, instead, _ := strings.Cut(refusal, ": use ")
	scheduler, _, _ := strings.Cut(instead, " ")
	return strings.Trim(scheduler, ",")
}

// Counts reports whether a scheduler takes account of connections.
func Counts(scheduler string) bool {
	return scheduler != "wrr" && scheduler != "mh" && scheduler != "sh"
}

// refuseUncounted is for schedulers that compare connections.
func refuseUncounted(v *ipvs.VirtualService) string {
	if v.Flags.Has(ipvs.FlagOnePacket) {
		return "compares connections, and one-packet scheduling keeps none: use wrr"
	}
	return ""
}

func refuseUnweighted(scheduler string) string {
	switch scheduler {
	case "rr":
		return "ignores weights but for 0: use wrr"
	case "lc":
		return "ignores weights but for 0: use wlc"
	case "dh":
		return "ignores weights: use mh, or wrr"
	case "fo":
		return "takes weights for priorities, not shares: use wrr or wlc to share"
	case "ovf":
		return "takes weights for limits of active connections, not shares: use wlc with upper thresholds"
	case "none":
		return "is no scheduler: use wrr or wlc"
	}
	return "is not a scheduler known here: use wrr or wlc"
}
