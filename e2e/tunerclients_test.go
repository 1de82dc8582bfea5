//go:build lab

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab/traffic"
)

// awaitQuiet waits until the emulated machine keeps up with its traffic, which
// it does not where the host has much else to do: with everybody equally slow
// nothing could be shown. The real servers must be as nat.sh leaves them, at no
// service time.
func awaitQuiet(t *testing.T) {
	t.Helper()
	awaitQuietAt(t, tunedAtNAT)
}

func awaitQuietAt(t *testing.T, service string) {
	t.Helper()
	const quiet = 0.06 // seconds; 0.02 on an idle host of two cores
	mean := 0.0
	for range 20 {
		if mean = load(t, "http://"+service+"/", 200).Latency.Mean; mean < quiet {
			return
		}
	}
	t.Fatalf("requests that servers answer at once take %.0f ms: this host is too busy to measure on", 1000*mean)
}

// awaitConnections waits until the service has taken n more connections, so
// that spans of a test are measured in traffic.
func awaitConnections(t *testing.T, n int) {
	t.Helper()
	awaitConnectionsTo(t, tunedAtNAT, n)
}

func awaitConnectionsTo(t *testing.T, service string, n int) {
	t.Helper()
	want := connections(t, service) + n
	deadline := time.Now().Add(5 * time.Minute)
	for connections(t, service) < want {
		if time.Now().After(deadline) {
			t.Fatalf("%s does not take %d connections in 5 minutes", service, n)
		}
		time.Sleep(time.Second)
	}
}

// loadRate is how many requests clients usually make per second.
const loadRate = 60

// clients is a load that runs in the background.
type clients struct {
	cmd *exec.Cmd
	log string
	out *output
}

func startLoad(t *testing.T) *clients {
	t.Helper()
	return startLoadAt(t, loadRate)
}

// tunedAtNAT is the service that is tuned in the network of nat.sh.
const tunedAtNAT = "10.0.1.100:80"

// startLoadAt starts one with so many requests per second.
func startLoadAt(t *testing.T, rate int) *clients {
	t.Helper()
	return startLoadTo(t, tunedAtNAT, rate)
}

func startLoadTo(t *testing.T, service string, rate int) *clients {
	t.Helper()
	c := &clients{log: filepath.Join(t.TempDir(), "requests"), out: &output{}}
	c.cmd = exec.Command("ip", "netns", "exec", "client", "labtool", "load", fmt.Sprintf("--rate=%d", rate),
		"--duration=15m", "--timeout=10s", "--in-flight=1000", "--log="+c.log, "http://"+service+"/")
	c.cmd.Stdout, c.cmd.Stderr = c.out, c.out
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.cmd.Process.Kill() })
	return c
}

// stop ends the load and returns its requests but for those on the way.
func (c *clients) stop(t *testing.T) requests {
	t.Helper()
	stopped := time.Now()
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
	all, err := traffic.ReadRequests(f)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(r traffic.Request) bool { return r.Start.Add(r.Latency).After(stopped) })
}

// window is a span of time, for the requests that began in it.
type window struct{ from, to time.Time }

// during notes the span of time that something takes.
func during(something func()) window {
	w := window{from: time.Now()}
	something()
	w.to = time.Now()
	return w
}

type requests []traffic.Request

// in returns the requests that began in a window.
func (r requests) in(w window) requests {
	var in requests
	for _, one := range r {
		if !one.Start.Before(w.from) && one.Start.Before(w.to) {
			in = append(in, one)
		}
	}
	return in
}

// mean is over all requests; those that failed took as long as they took.
func (r requests) mean() time.Duration {
	var sum time.Duration
	for _, one := range r {
		sum += one.Latency
	}
	return sum / time.Duration(max(len(r), 1))
}

func (r requests) failed() int { return traffic.Summarize(r).Errors }

func (r requests) String() string {
	return fmt.Sprintf("mean %4d ms of %d requests, %d failed", r.mean().Milliseconds(), len(r), r.failed())
}
