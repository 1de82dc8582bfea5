//go:build lab

package e2e

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// arrangeTunedService has real servers of these mean service times behind one
// service, with equal weights, on a machine that keeps up with its traffic.
func arrangeTunedService(t *testing.T, scheduler string, serviceTimes ...string) {
	t.Helper()
	sh(t, fmt.Sprint("nat.sh ", len(serviceTimes)))
	var table strings.Builder
	fmt.Fprintf(&table, "-A -t 10.0.1.100:80 -s %s\n", scheduler)
	for i := range serviceTimes {
		fmt.Fprintf(&table, "-a -t 10.0.1.100:80 -r 10.0.2.1%d:8080 -m -w 100\n", i+1)
	}
	ipvsadm(t, "director", table.String())
	awaitQuiet(t)
	for i, mean := range serviceTimes {
		setServiceTime(t, i+1, mean)
	}
}

// setServiceTime has a real server take that long for a request, on average, and
// work on four at once.
func setServiceTime(t *testing.T, server int, mean string) {
	t.Helper()
	setServer(t, server, "distribution=exponential&workers=4&service_time="+mean)
}

// setServer changes the settings of a real server.
func setServer(t *testing.T, server int, settings string) {
	t.Helper()
	shIn(t, fmt.Sprint("server", server), "wget -qO /dev/null --post-data '' 'http://127.0.0.1:8080/set?"+settings+"'")
}

// signalServer sends a signal to a real server's program.
func signalServer(t *testing.T, server int, signal string) {
	t.Helper()
	sh(t, fmt.Sprintf("kill -%s $(ip netns pids server%d)", signal, server))
}

// setWeights has an operator change the weights.
func setWeights(t *testing.T, weights []int) {
	t.Helper()
	for i, w := range weights {
		shIn(t, "director", fmt.Sprintf("ipvsadm -e -t 10.0.1.100:80 -r 10.0.2.1%d:8080 -m -w %d", i+1, w))
	}
}

// weights are real servers', the first server first.
type weights []uint32

func tunedWeights(t *testing.T) weights {
	t.Helper()
	servers, _ := written(t, "director")
	w := make(weights, len(servers))
	for i := range w {
		w[i] = servers[fmt.Sprintf("10.0.2.1%d:8080", i+1)]
	}
	return w
}

// share returns the part of the connections that a server's weight promises.
func (w weights) share(server int) float64 { return tuner.SharesOf(w)[server-1] }

// moved returns the part of the connections that goes elsewhere than before.
func (w weights) moved(before weights) float64 {
	sum, now, then := 0.0, tuner.SharesOf(w), tuner.SharesOf(before)
	for i := range now {
		sum += math.Abs(now[i]-then[i]) / 2
	}
	return sum
}

func (w weights) String() string {
	texts := make([]string, len(w))
	for i, weight := range w {
		texts[i] = strconv.Itoa(int(weight))
	}
	return strings.Join(texts, ":")
}
