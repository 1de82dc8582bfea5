//go:build lab

package e2e

import (
	"flag"
	"fmt"
	"strings"
	"testing"
)

var steeredBy = flag.String("steered", "", "sources of TestTunerSteersByPackets in turn: passive, truth; nothing is the default")

// TestTunerSteersByPackets has one of five equal real servers lose 70 % of its speed,
// under direct routing, where the director sees no answer. What it makes of the
// clients' packets must relieve the server as soon as the servers' own clocks do
// (-steered=truth,passive), by the bar of TestTunerFollowsChanges. How long clients
// wait then is told, and no verdict: two runs are not at one time, and the host may
// have been busier.
func TestTunerSteersByPackets(t *testing.T) {
	const service, servers = "10.0.2.100:8080", 5
	sh(t, fmt.Sprint("direct.sh ", servers))
	truth := startTruthful(t, servers)
	var table strings.Builder
	fmt.Fprintf(&table, "-A -t %s -s wrr\n", service)
	for i := range servers {
		fmt.Fprintf(&table, "-a -t %s -r 10.0.2.1%d:8080 -g -w 100\n", service, i+1)
	}
	ipvsadm(t, "director", table.String())
	startIn(t, "director", "ipvs-exporter --web.listen-address=127.0.0.1:9975 --collector.latency", exporterMetrics)
	awaitQuietAt(t, service)
	for i := range servers {
		setServiceTime(t, i+1, "200ms")
	}
	entry := truth.source(t)
	var load *clients
	sources := strings.Split(*steeredBy, ",")
	relieved, periods := make([]window, len(sources)), make([]int, len(sources))
	for i, source := range sources {
		tuner := startTunerOf(t, source, entry)
		if load == nil { // see onOneProcessor
			load = startLoadTo(t, service, loadRate)
		}
		awaitConnectionsTo(t, service, 1200)
		if source == "" {
			awaitPassive(t, service)
		}
		setServiceTime(t, servers, "667ms")
		periods[i] = tuner.awaitShare(t, servers, func(share float64) bool { return share < 0.1 })
		awaitConnectionsTo(t, service, 900) // that what came before waits no more
		relieved[i] = during(func() { awaitConnectionsTo(t, service, 1500) })
		t.Logf("%s: weights %s after %d periods; written:\n%s", source, tunedWeights(t), periods[i], tuner.out)
		if i == len(sources)-1 {
			break
		}
		setServiceTime(t, servers, "200ms")
		tuner.stop()
		for server := range servers {
			shIn(t, "director", fmt.Sprintf("ipvsadm -e -t %s -r 10.0.2.1%d:8080 -g -w 100", service, server+1))
		}
		awaitConnectionsTo(t, service, 900)
	}
	all := load.stop(t)
	truth.beside(t, scrape(t, "director", exporterMetrics, "ipvs_"))
	for i, source := range sources {
		t.Logf("%-8s relieved after %d periods: %s", source, periods[i], all.in(relieved[i]))
		if periods[i] > 5 {
			t.Errorf("%s: relieved after %d periods, want 5 at most", source, periods[i])
		}
	}
}

// awaitPassive waits until the tuner goes by what clients' packets tell.
func awaitPassive(t *testing.T, service string) {
	t.Helper()
	eventually(t, func() error {
		text := get(t, "director", tunerMetrics)
		if !strings.Contains(text, `service="tcp/`+service+`",source="passive/timestamps"`) {
			return fmt.Errorf("it goes by something else:\n%s", text)
		}
		return nil
	})
}
