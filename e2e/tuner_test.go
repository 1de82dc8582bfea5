//go:build lab

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab/traffic"
)

const tunerConfig = `
interval: 6s
state_file: %s
services:
  - match: tcp/10.0.1.100:80
    policy: equalize
    weights: {min: 1, max: 100}
`

// TestTunerRescuesClients makes one of three real servers four times slower
// while traffic flows. The tuner must bring the clients' mean latency to
// within a quarter of what the best static weights give them in that
// condition, and then leave the weights alone.
func TestTunerRescuesClients(t *testing.T) {
	arrangeTunedService(t)
	awaitQuiet(t)
	clients := startLoad(t)
	tuner := startTuner(t)

	before := clients.during(t, func() { awaitConnections(t, 900) })
	setServiceTime(t, 3, "160ms")
	after := clients.during(t, func() { awaitConnections(t, 600) })
	tuner.awaitSettled(t)
	writes := tuner.writes(t)
	settled := clients.during(t, func() { awaitConnections(t, 1800) })
	extra := tuner.writes(t) - writes
	weights := tunedWeights(t)
	tuner.stop()

	weightsTried := []int{0, 2, 5, 10}
	tried := make([]window, len(weightsTried))
	for i, weight := range weightsTried {
		tried[i] = clients.underWeight(t, weight, 600)
	}
	requests := clients.stop(t)
	bestWeight, least := 0, time.Duration(0)
	for i, w := range tried {
		t.Logf("static weights 100, 100, %d: %s", weightsTried[i], w.describe(requests))
		if mean := w.mean(requests); i == 0 || mean < least {
			bestWeight, least = weightsTried[i], mean
		}
	}
	// Once more and for longer: the least of several is too low by chance.
	clients = startLoad(t)
	best := clients.underWeight(t, bestWeight, 1800)
	static := clients.stop(t)
	t.Logf("before the slow-down: %s", before.describe(requests))
	t.Logf("just after it:        %s", after.describe(requests))
	t.Logf("settled:              %s; weights %s; writes while settled: %v", settled.describe(requests), weights, extra)
	t.Logf("best static weights:  %s; the slow server's weight is %d to the others' 100", best.describe(static), bestWeight)

	if ratio := settled.mean(requests).Seconds() / best.mean(static).Seconds(); ratio > 1.25 {
		t.Errorf("settled at %.2f times the latency of the best static weights, want 1.25 at most", ratio)
	}
	if after.mean(requests) < 2*before.mean(requests) {
		t.Errorf("the slow server did not hurt the clients, so nothing was shown")
	}
	if extra > 0 {
		t.Errorf("%v weights written after the tuner had settled", extra)
	}
}

// arrangeTunedService has three equal real servers behind one wrr service.
func arrangeTunedService(t *testing.T) {
	t.Helper()
	sh(t, "nat.sh 3")
	sh(t, `set -e
		ip netns exec director ipvsadm -A -t 10.0.1.100:80 -s wrr
		for i in 1 2 3; do ip netns exec director ipvsadm -a -t 10.0.1.100:80 -r 10.0.2.1$i:8080 -m -w 100; done`)
	for i := 1; i <= 3; i++ {
		setServiceTime(t, i, "40ms")
	}
}

// awaitQuiet waits until the emulated machine keeps up with its traffic, which
// it does not where the host has much else to do: with everybody equally slow
// nothing could be shown.
func awaitQuiet(t *testing.T) {
	t.Helper()
	const quiet = 0.1 // seconds; 0.05 on an idle host of two cores
	mean := 0.0
	for range 20 {
		if mean = load(t, "http://10.0.1.100/", 300).Latency.Mean; mean < quiet {
			return
		}
	}
	t.Fatalf("before anything slows down, requests of 40 ms take %.0f ms: this host is too busy to measure on", 1000*mean)
}

func setServiceTime(t *testing.T, server int, mean string) {
	t.Helper()
	sh(t, fmt.Sprintf("ip netns exec server%d wget -qO /dev/null --post-data '' 'http://127.0.0.1:8080/set?service_time=%s&distribution=exponential&workers=2'", server, mean))
}

// awaitConnections waits until the service has taken n more connections, so
// that spans of a test are measured in traffic.
func awaitConnections(t *testing.T, n int) {
	t.Helper()
	const service = "10.0.1.100:80"
	want := connections(t, service) + n
	deadline := time.Now().Add(5 * time.Minute)
	for connections(t, service) < want {
		if time.Now().After(deadline) {
			t.Fatalf("%s does not take %d connections in 5 minutes", service, n)
		}
		time.Sleep(time.Second)
	}
}

// clients is a load that runs in the background.
type clients struct {
	cmd *exec.Cmd
	log string
	out *output
}

func startLoad(t *testing.T) *clients { return startLoadAt(t, "60") }

// startLoadAt starts a load of so many requests a second.
func startLoadAt(t *testing.T, rate string) *clients {
	t.Helper()
	c := &clients{log: filepath.Join(t.TempDir(), "requests"), out: &output{}}
	c.cmd = exec.Command("ip", "netns", "exec", "client", "labtool", "load",
		"--rate="+rate, "--duration=15m", "--timeout=10s", "--in-flight=1000", "--log="+c.log, "http://10.0.1.100/")
	c.cmd.Stdout, c.cmd.Stderr = c.out, c.out
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.cmd.Process.Kill() })
	return c
}

func (c *clients) stop(t *testing.T) []traffic.Request {
	t.Helper()
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Wait(); err != nil {
		t.Fatalf("load: %v\n%s", err, c.out)
	}
	f, err := os.Open(c.log)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	requests, err := traffic.ReadRequests(f)
	if err != nil {
		t.Fatal(err)
	}
	return requests
}

// underWeight sets the slow server's weight, lets the queues of the weights
// before be served, and notes the span of n connections.
func (c *clients) underWeight(t *testing.T, weight, n int) window {
	t.Helper()
	sh(t, fmt.Sprintf(`set -e
		for i in 1 2; do ip netns exec director ipvsadm -e -t 10.0.1.100:80 -r 10.0.2.1$i:8080 -m -w 100; done
		ip netns exec director ipvsadm -e -t 10.0.1.100:80 -r 10.0.2.13:8080 -m -w %d`, weight))
	awaitConnections(t, 300)
	return c.during(t, func() { awaitConnections(t, n) })
}

// during notes the span of time that something takes.
func (c *clients) during(t *testing.T, something func()) window {
	t.Helper()
	w := window{from: time.Now()}
	something()
	w.to = time.Now()
	return w
}

// window is a span of time, for the requests that began in it.
type window struct{ from, to time.Time }

func (w window) of(requests []traffic.Request) []traffic.Request {
	var in []traffic.Request
	for _, r := range requests {
		if !r.Start.Before(w.from) && r.Start.Before(w.to) {
			in = append(in, r)
		}
	}
	return in
}

// mean is over all requests; those that failed took as long as they took.
func (w window) mean(requests []traffic.Request) time.Duration {
	var sum time.Duration
	in := w.of(requests)
	for _, r := range in {
		sum += r.Latency
	}
	return sum / time.Duration(max(len(in), 1))
}

func (w window) describe(requests []traffic.Request) string {
	s := traffic.Summarize(w.of(requests))
	return fmt.Sprintf("mean %4d ms of %d requests, %d failed", w.mean(requests).Milliseconds(), s.Requests, s.Errors)
}

// runningTuner is a weight-tuner in the director.
type runningTuner struct {
	out  *output
	stop func()
}

func startTuner(t *testing.T) *runningTuner {
	t.Helper()
	dir := t.TempDir()
	config := filepath.Join(dir, "weight-tuner.yaml")
	if err := os.WriteFile(config, fmt.Appendf(nil, tunerConfig, filepath.Join(dir, "state.json")), 0o600); err != nil {
		t.Fatal(err)
	}
	out, stop := startIn(t, "director", "weight-tuner run --web.listen-address=127.0.0.1:9976 --config.file="+config, tunerMetrics)
	return &runningTuner{out, stop}
}

// metric returns the sum of the series whose names begin with prefix.
func (r *runningTuner) metric(t *testing.T, prefix string) float64 {
	t.Helper()
	sum := 0.0
	for _, value := range scrape(t, "director", tunerMetrics, prefix) {
		sum += value
	}
	return sum
}

func (r *runningTuner) writes(t *testing.T) float64 {
	t.Helper()
	return r.metric(t, "weight_tuner_writes_total")
}

// awaitSettled waits until ten decisions in a row have changed nothing, after
// one that has: a server with little traffic left is judged every second or
// third time only.
func (r *runningTuner) awaitSettled(t *testing.T) {
	t.Helper()
	decisions := func() float64 { return r.metric(t, "weight_tuner_decisions_total") }
	deadline := time.Now().Add(5 * time.Minute)
	writes, since := r.writes(t), decisions()
	for written := writes > 0; !written || decisions()-since < 10; {
		if now := r.writes(t); now != writes {
			writes, since, written = now, decisions(), true
		}
		if time.Now().After(deadline) {
			t.Fatalf("the tuner does not settle in 5 minutes:\n%s", r.out)
		}
		time.Sleep(time.Second)
	}
	t.Logf("settled after %v writes:\n%s", writes, r.out)
}

// tunedWeights returns the servers' weights, the first server first.
func tunedWeights(t *testing.T) string {
	t.Helper()
	l := list(t, "director", "")
	var weights []string
	for i := 1; i <= 3; i++ {
		weights = append(weights, l.servers[[2]string{"tcp/10.0.1.100:80", fmt.Sprintf("10.0.2.1%d:8080", i)}][1])
	}
	return strings.Join(weights, ", ")
}
