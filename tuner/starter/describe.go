package starter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// mostListed is how many real servers of a service, or services of a group, are
// named one by one.
const mostListed = 6

// describe says what a virtual service is, in one line; name is "" where it has
// none.
func describe(v *ipvs.VirtualService, name string) string {
	text := "scheduler " + strings.Join(append([]string{v.Scheduler}, v.SchedulerFlags()...), " ")
	if name != "" {
		text = fmt.Sprintf("%q: %s", name, text)
	}
	if v.Flags.Has(ipvs.FlagOnePacket) {
		text += ", one packet"
	}
	if v.Flags.Has(ipvs.FlagPersistent) {
		text += fmt.Sprintf(", persistent for %s", v.Persistence)
	}
	if len(v.Servers) == 0 {
		return text
	}
	servers := slices.SortedFunc(slices.Values(v.Servers), func(a, b ipvs.RealServer) int { return a.ID.Compare(b.ID) })
	var methods, listed []string
	for _, s := range servers {
		methods = append(methods, s.Forward.String())
		listed = append(listed, fmt.Sprintf("%s (%d)", s.ID, s.Weight))
	}
	slices.Sort(methods)
	return fmt.Sprintf("%s, %s by %s, weights in brackets: %s", text, count(len(servers), "real server"),
		strings.Join(slices.Compact(methods), " and "), some(listed))
}

// some names the first of many.
func some(all []string) string {
	if len(all) <= mostListed {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(all[:mostListed], ", "), len(all)-mostListed)
}

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
