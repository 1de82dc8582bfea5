//go:build lab

package e2e

import (
	"strings"
	"testing"
	"time"
)

// TestTunerProtectsFromACrowd has some 170 % of what three real servers bear
// come: a part is refused, and nobody waits until he gives up. When the crowd
// has left nobody is refused any more. The weights stay as they are, and the
// thresholds go when they are restored.
func TestTunerProtectsFromACrowd(t *testing.T) {
	arrangeTunedService(t, "wrr", "320ms", "320ms", "320ms")    // 37 requests a second, all together
	shIn(t, "director", "sysctl -qw net.ipv4.icmp_ratelimit=0") // all clients have one address
	before := saved(t, "director")
	flags, state := tunedFiles(t, `
interval: 4s
services:
  - {match: {name: shop}, policy: static, thresholds: {policy: concurrency}}
`)
	out, stop := startIn(t, "director", "weight-tuner run --web.listen-address=127.0.0.1:9976"+flags, tunerMetrics)
	regulars := startLoadAt(t, 15)
	awaitTable(t, "director", out, func(table string) bool { return strings.Count(table, " -x ") == 3 })
	calm := during(func() { awaitConnections(t, 120) })
	crowd := startLoadAt(t, 50)
	awaitConnections(t, 300)
	besieged := during(func() { awaitConnections(t, 400) })
	crowd.stop(t)
	awaitConnections(t, 100)
	after := during(func() { awaitConnections(t, 120) })
	stop()
	all := regulars.stop(t)
	for name, w := range map[string]window{"calm": calm, "besieged": besieged, "after it": after} {
		refused, others, longest := 0, 0, time.Duration(0)
		for _, r := range all.in(w) {
			switch {
			case r.Err == nil:
				longest = max(longest, r.Latency)
			case strings.Contains(r.Err.Error(), "refused"):
				refused++
			default:
				others++
			}
		}
		t.Logf("%s: %s, %d of them refused; longest wait %v", name, all.in(w), refused, longest)
		if others > 0 || (refused > len(all.in(w))/10) != (name == "besieged") {
			t.Errorf("%s: %d refused, %d failed otherwise, longest wait %v", name, refused, others, longest)
		}
	}
	did := shIn(t, "director", "weight-tuner restore --state.file="+state)
	if got := saved(t, "director"); got != before {
		t.Errorf("restored, it said,\n%s\n%s\nof\n%s", did, got, before)
	}
}
