package probe

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// serverVariable has the test binary be the real servers.
const serverVariable = "PROBE_TEST_SERVER"

func TestMain(m *testing.M) {
	if kind := os.Getenv(serverVariable); kind != "" {
		serve(kind)
	}
	os.Exit(m.Run())
}

// The kinds of real servers: silent ones accept connections and say nothing.
const (
	answering = "answering"
	silent    = "silent"
)

// serve serves at a port of every loopback address, which it prints, until its
// standard input ends.
func serve(kind string) {
	l, err := net.Listen("tcp4", "0.0.0.0:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(l.Addr().(*net.TCPAddr).Port)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	if kind == silent {
		panic(accept(l))
	}
	panic(http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "fine\n")
	})))
}

// accept accepts connections until one cannot be, and reads them to their ends.
func accept(l net.Listener) error {
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			_, _ = io.Copy(io.Discard, c)
			_ = c.Close()
		}()
	}
}

// startServer starts another process that serves, and returns its port.
func startServer(b testing.TB, kind string) (port uint16) {
	b.Helper()
	server := exec.Command(os.Args[0])
	server.Env = append(os.Environ(), serverVariable+"="+kind)
	stdin, err := server.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := server.StdoutPipe()
	if err == nil {
		err = server.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = stdin.Close()
		_ = server.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err == nil {
		_, err = fmt.Sscan(strings.TrimSpace(line), &port)
	}
	if err != nil {
		b.Fatal(err)
	}
	return port
}

// BenchmarkTenThousandServers probes 10,000 servers every 5 s for 10 s, and
// tells what part of a processor that takes.
func BenchmarkTenThousandServers(b *testing.B) {
	const servers, seconds = 10000, 10
	config := httpProbe()
	config.Interval = 5 * time.Second
	kept := config
	kept.KeepAlive = true
	open := map[string]func() (*Prober, error){
		"http":            func() (*Prober, error) { return NewHTTP(config) },
		"http keep-alive": func() (*Prober, error) { return NewHTTP(kept) },
		"tcp":             func() (*Prober, error) { return NewTCP(config), nil },
	}
	for name, open := range open {
		b.Run(name, func(b *testing.B) {
			targets := targetsAt(startServer(b, answering), servers)
			for b.Loop() {
				p, err := open()
				if err != nil {
					b.Fatal(err)
				}
				defer p.Close()
				p.Watch(targets)
				time.Sleep(config.Interval) // every server has been probed once
				if _, err := p.Observe(b.Context(), time.Now()); err != nil {
					b.Fatal(err)
				}
				before := used(b)
				time.Sleep(seconds * time.Second)
				spent := used(b) - before
				goroutines := runtime.NumGoroutine()
				observations, err := p.Observe(b.Context(), time.Now())
				if err != nil || len(observations) != servers {
					b.Logf("%d observations, %v", len(observations), err)
				}
				probes, failed, latency := 0.0, 0.0, 0.0
				for _, o := range observations {
					n := *o.RequestsPerSecond * *o.WindowSeconds
					probes += n
					failed += n * *o.ErrorRatio
					latency += n * *o.LatencySeconds
				}
				b.ReportMetric(spent.Seconds()/seconds, "cores")
				b.ReportMetric(probes/seconds, "probes/s")
				b.ReportMetric(failed, "failed")
				b.ReportMetric(latency/probes*1e3, "ms/probe")
				b.ReportMetric(float64(goroutines), "goroutines")
			}
		})
	}
}

// targetsAt returns so many servers at one port.
func targetsAt(port uint16, n int) []tuner.Target {
	var targets []tuner.Target
	for i := range n {
		a := netip.AddrFrom4([4]byte{127, 1, byte(i >> 8), byte(i)})
		targets = append(targets, tuner.Target{Service: service, Server: ipvs.ServerID{AddrPort: netip.AddrPortFrom(a, port)}})
	}
	return targets
}

// used returns the processor time that this process has used, in the kernel
// too.
func used(b testing.TB) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
