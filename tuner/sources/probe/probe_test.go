package probe

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

var service = ipvs.AddressService(ipvs.TCP, netip.MustParseAddrPort("10.0.0.1:80"))

func httpProbe() tuner.Probe {
	return tuner.Probe{
		Interval: time.Second, Timeout: time.Second,
		Scheme: "http", Method: http.MethodGet, Path: "/healthz?deep=1", ValidStatusCodes: []tuner.StatusRange{{First: 200, Last: 399}},
	}
}

// target is a server of the service.
func target(address string) tuner.Target {
	return tuner.Target{Service: service, Server: ipvs.ServerID{AddrPort: netip.MustParseAddrPort(address)}}
}

// network is servers in memory: what each does with a connection. There are no
// others.
type network struct {
	mutex   sync.Mutex
	servers map[string]func(net.Conn)
	dials   map[string][]time.Time
	fault   error // of this host
	serving sync.WaitGroup
}

func newNetwork() *network {
	return &network{servers: make(map[string]func(net.Conn)), dials: make(map[string][]time.Time)}
}

func (n *network) dial(ctx context.Context, address netip.AddrPort) (net.Conn, error) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	to := address.String()
	n.dials[to] = append(n.dials[to], time.Now())
	serve, ok := n.servers[to]
	switch {
	case n.fault != nil:
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: n.fault}
	case !ok:
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	here, there := net.Pipe()
	n.serving.Go(func() {
		defer there.Close()
		serve(there)
	})
	return here, nil
}

// dialled returns how often a server was called.
func (n *network) dialled(address string) int {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	return len(n.dials[address])
}

// answers serves one text for each request, after some time.
func answers(after time.Duration, text string) func(net.Conn) {
	return func(c net.Conn) {
		in := bufio.NewReader(c)
		for {
			if _, err := http.ReadRequest(in); err != nil {
				return
			}
			time.Sleep(after)
			if _, err := io.WriteString(c, text); err != nil {
				return
			}
		}
	}
}

const fine = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"

// inMemory runs a test in a bubble with a prober of servers in memory.
func inMemory(t *testing.T, config tuner.Probe, test func(t *testing.T, n *network, p *Prober)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		defer n.serving.Wait()
		p, err := newHTTP(config, n.dial)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		test(t, n, p)
	})
}

// after lets time pass and returns what was seen meanwhile.
func after(t *testing.T, p *Prober, d time.Duration) map[string]tuner.Observation {
	t.Helper()
	time.Sleep(d)
	synctest.Wait()
	observations, err := p.Observe(t.Context(), time.Now())
	if err != nil {
		t.Error(err)
	}
	seen := make(map[string]tuner.Observation)
	for _, o := range observations {
		seen[o.Server.String()] = o
	}
	return seen
}

// told is an observation in words: probes and errors by tens of seconds.
func told(o tuner.Observation) string {
	n := *o.RequestsPerSecond * *o.WindowSeconds
	text := fmt.Sprintf("%.0f probes, %.0f failed, %.4gs", n, n**o.ErrorRatio, *o.LatencySeconds)
	if o.SuccessLatencySeconds != nil {
		text += fmt.Sprintf(", good %.4gs", *o.SuccessLatencySeconds)
	}
	return text
}

func TestAnswers(t *testing.T) {
	const a = "10.0.0.2:80"
	endless := func(head string, line string) func(net.Conn) {
		return func(c net.Conn) {
			if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
				return
			}
			_, err := io.WriteString(c, head)
			for err == nil {
				_, err = io.WriteString(c, line)
			}
		}
	}
	tests := []struct {
		name   string
		serve  func(net.Conn) // nil refuses connections
		failed bool
		took   time.Duration
	}{
		{"refused", nil, true, 0},
		{"closes at once", func(net.Conn) {}, true, 0},
		{"hangs", func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, true, time.Second},
		{"answers too late", answers(1500*time.Millisecond, fine), true, time.Second},
		{"answers in part", answers(0, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfine"), true, time.Second},
		{"another protocol", answers(0, "220 mail.example.org ESMTP\r\n\r\n"), true, 0},
		{"an error, at once", answers(0, "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"), true, 0},
		{"a head without end", endless("HTTP/1.1 200 OK\r\n", "X-More: 1\r\n"), true, 0},
		{"a body without end", endless("HTTP/1.1 200 OK\r\n\r\n", strings.Repeat("x", 1<<12)), false, 0},
		{"a redirect", answers(0, "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"), false, 0},
		{"a hint before the answer", answers(0, "HTTP/1.1 103 Early Hints\r\n\r\n"+fine), false, 0},
		{"slow", answers(300*time.Millisecond, fine), false, 300 * time.Millisecond},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inMemory(t, httpProbe(), func(t *testing.T, n *network, p *Prober) {
				if test.serve != nil {
					n.servers[a] = test.serve
				}
				p.Watch([]tuner.Target{target(a)})
				o, ok := after(t, p, 10*time.Second)[a]
				if !ok {
					t.Fatal("no observation")
				}
				good := o.SuccessLatencySeconds != nil && *o.ErrorRatio == 0
				if good == test.failed || *o.LatencySeconds != test.took.Seconds() {
					t.Errorf("got %s; want failed %v, %s", told(o), test.failed, test.took)
				}
				if n := *o.RequestsPerSecond * *o.WindowSeconds; n < 7 || n > 12 || *o.WindowSeconds != 10 || !o.Time.Equal(time.Now()) {
					t.Errorf("got %s in %v s, at %s", told(o), *o.WindowSeconds, o.Time)
				}
			})
		})
	}
}

// TestFastErrorsAreNoSpeed has every second request fail at once.
func TestFastErrorsAreNoSpeed(t *testing.T) {
	const a = "10.0.0.2:80"
	inMemory(t, httpProbe(), func(t *testing.T, n *network, p *Prober) {
		odd := false
		n.servers[a] = func(c net.Conn) {
			if odd = !odd; odd {
				answers(0, "HTTP/1.1 500 No\r\n\r\n")(c)
				return
			}
			answers(400*time.Millisecond, fine)(c)
		}
		p.Watch([]tuner.Target{target(a)})
		o := after(t, p, time.Minute)[a]
		if got := *o.SuccessLatencySeconds; got != 0.4 {
			t.Errorf("latency of the good ones %v", got)
		}
		if *o.LatencySeconds > 0.25 || *o.ErrorRatio < 0.45 || *o.ErrorRatio > 0.55 {
			t.Errorf("got %s", told(o))
		}
	})
}

func TestOwnFaultIsNoObservation(t *testing.T) {
	const a, b = "10.0.0.2:80", "10.0.0.3:80"
	inMemory(t, httpProbe(), func(t *testing.T, n *network, p *Prober) {
		n.fault = syscall.EMFILE
		p.Watch([]tuner.Target{target(a), target(b)})
		time.Sleep(10 * time.Second)
		observations, err := p.Observe(t.Context(), time.Now())
		if len(observations) > 0 || err == nil || !strings.Contains(err.Error(), "too many open files (and ") {
			t.Errorf("got %v, error %v", observations, err)
		}
		n.mutex.Lock()
		n.fault = nil
		n.servers[a] = answers(0, fine)
		n.mutex.Unlock()
		if seen := after(t, p, 10*time.Second); *seen[a].ErrorRatio != 0 || *seen[b].ErrorRatio != 1 {
			t.Errorf("afterwards got %v", seen)
		}
	})
}

func TestOwnFault(t *testing.T) {
	tests := []struct {
		err  error
		want bool
	}{
		{syscall.ECONNREFUSED, false},
		{syscall.EHOSTUNREACH, false},
		{syscall.ENETUNREACH, false},
		{context.DeadlineExceeded, false},
		{syscall.EMFILE, true},
		{syscall.ENFILE, true},
		{syscall.EADDRNOTAVAIL, true},
		{syscall.ENOBUFS, true},
	}
	for _, test := range tests {
		t.Run(test.err.Error(), func(t *testing.T) {
			err := &net.OpError{Op: "dial", Err: fmt.Errorf("connect: %w", test.err)}
			if got := ownFault(err); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// TestOneAtATime has servers that hang, so that each probe lasts to its
// timeout and the next one is due by then.
func TestOneAtATime(t *testing.T) {
	const a = "10.0.0.2:80"
	config := httpProbe()
	config.Interval = 100 * time.Millisecond
	inMemory(t, config, func(t *testing.T, n *network, p *Prober) {
		n.servers[a] = func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }
		// Two virtual services have the server, which is probed for both.
		other := target(a)
		other.Service = ipvs.MarkService(ipvs.IPv4, 1)
		p.Watch([]tuner.Target{target(a), other})
		time.Sleep(20 * time.Second)
		synctest.Wait()
		observations, err := p.Observe(t.Context(), time.Now())
		if err != nil || len(observations) != 2 || told(observations[0]) != "19 probes, 19 failed, 1s" || observations[0].Service == observations[1].Service {
			t.Errorf("got %v, %v", observations, err)
		}
		for i, at := range n.dials[a][1:] {
			if gap := at.Sub(n.dials[a][i]); gap < config.Timeout {
				t.Errorf("a probe began %s after the one before", gap)
			}
		}
	})
}

func TestServersComeAndGo(t *testing.T) {
	const a, b, c = "10.0.0.2:80", "10.0.0.3:80", "10.0.0.4:80"
	inMemory(t, httpProbe(), func(t *testing.T, n *network, p *Prober) {
		for _, s := range []string{a, b, c} {
			n.servers[s] = answers(10*time.Millisecond, fine)
		}
		if seen := after(t, p, 5*time.Second); len(seen) > 0 {
			t.Errorf("without servers got %v", seen)
		}
		p.Watch([]tuner.Target{target(a), target(b)})
		after(t, p, 10*time.Second)
		p.Watch([]tuner.Target{target(b), target(c)})
		gone := n.dialled(a)
		seen := after(t, p, 10*time.Second)
		if _, ok := seen[a]; ok || len(seen) != 2 {
			t.Errorf("got %v", seen)
		}
		if n.dialled(a) != gone {
			t.Error("a server that is gone was probed")
		}
		if n.dialled(b) < 16 || n.dialled(c) < 7 {
			t.Errorf("probed %d and %d times", n.dialled(b), n.dialled(c))
		}
	})
}

// TestSpread has many servers begin at once.
func TestSpread(t *testing.T) {
	const servers = 1000
	config := httpProbe()
	inMemory(t, config, func(t *testing.T, n *network, p *Prober) {
		var targets []tuner.Target
		for i := range servers {
			targets = append(targets, target(fmt.Sprintf("10.1.%d.%d:80", i/250, i%250)))
		}
		began := time.Now()
		p.Watch(targets)
		after(t, p, 10*time.Second)
		perTenth := make(map[time.Duration]int)
		for _, dials := range n.dials {
			for _, at := range dials {
				perTenth[at.Sub(began)/(100*time.Millisecond)]++
			}
		}
		for tenth := range time.Duration(100) {
			if got := perTenth[tenth]; got < servers/20 || got > servers/5 {
				t.Errorf("%d probes in the tenth of a second %d", got, tenth)
			}
		}
	})
}

func TestPorts(t *testing.T) {
	const a = "10.0.0.2:0"
	config := httpProbe()
	inMemory(t, config, func(t *testing.T, _ *network, p *Prober) {
		p.Watch([]tuner.Target{target(a)})
		time.Sleep(10 * time.Second)
		observations, err := p.Observe(t.Context(), time.Now())
		const want = "10.0.0.2:0 in tcp/10.0.0.1:80 has no port to probe; give the source one"
		if len(observations) > 0 || err == nil || err.Error() != want {
			t.Errorf("got %v, error %v, want %s", observations, err, want)
		}
	})
	config.Port = 8080
	inMemory(t, config, func(t *testing.T, n *network, p *Prober) {
		n.servers["10.0.0.2:8080"] = answers(0, fine)
		p.Watch([]tuner.Target{target(a)})
		if o, ok := after(t, p, 10*time.Second)[a]; !ok || *o.ErrorRatio != 0 {
			t.Errorf("got %v", o)
		}
	})
}

func TestKeepAlive(t *testing.T) {
	const a = "10.0.0.2:80"
	config := httpProbe()
	config.KeepAlive = true
	tests := []struct {
		name        string
		serve       func(net.Conn)
		least, most int // connections in ten seconds
	}{
		{"never kept", answers(0, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), 7, 12},
		{"closed by the server meanwhile", func(c net.Conn) {
			_, _ = http.ReadRequest(bufio.NewReader(c))
			_, _ = io.WriteString(c, fine)
		}, 7, 12},
		{"kept", answers(0, fine), 1, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inMemory(t, config, func(t *testing.T, n *network, p *Prober) {
				n.servers[a] = test.serve
				p.Watch([]tuner.Target{target(a)})
				o := after(t, p, 10*time.Second)[a]
				if got := n.dialled(a); got < test.least || got > test.most || *o.ErrorRatio != 0 {
					t.Errorf("%d connections: %s", got, told(o))
				}
			})
		})
	}
}

func TestRequest(t *testing.T) {
	head := httpProbe()
	head.Method, head.Host, head.KeepAlive = http.MethodHead, "shop.example.org", true
	tests := []struct {
		name   string
		config tuner.Probe
		want   string
	}{
		{"plain", httpProbe(), "GET /healthz?deep=1 HTTP/1.1\r\nHost: 10.0.0.2:80\r\nUser-Agent: weight-tuner\r\nConnection: close\r\n\r\n"},
		{"HEAD with a host", head, "HEAD /healthz?deep=1 HTTP/1.1\r\nHost: shop.example.org\r\nUser-Agent: weight-tuner\r\n\r\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inMemory(t, test.config, func(t *testing.T, n *network, p *Prober) {
				var got string
				n.servers["10.0.0.2:80"] = func(c net.Conn) {
					b := make([]byte, 1000)
					size, _ := c.Read(b)
					got = string(b[:size])
					_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")
					if test.config.Method == http.MethodGet {
						_, _ = io.WriteString(c, "fine")
					}
				}
				p.Watch([]tuner.Target{target("10.0.0.2:80")})
				if o := after(t, p, 10*time.Second)["10.0.0.2:80"]; *o.ErrorRatio != 0 || got != test.want {
					t.Errorf("%s, asked\n%s", told(o), got)
				}
			})
		})
	}
}

func TestCloseEndsAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		defer n.serving.Wait()
		n.servers["10.0.0.2:80"] = func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }
		p, err := newHTTP(httpProbe(), n.dial)
		if err != nil {
			t.Fatal(err)
		}
		p.Watch([]tuner.Target{target("10.0.0.2:80")})
		time.Sleep(1500 * time.Millisecond)
		began := time.Now()
		p.Close()
		if took := time.Since(began); took > 0 {
			t.Errorf("it took %s", took)
		}
		p.Watch(nil)
		if o, err := p.Observe(t.Context(), time.Now()); o != nil || err != nil {
			t.Errorf("got %v, %v of a closed prober", o, err)
		}
	})
}

func TestTCP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const a, b = "10.0.0.2:80", "10.0.0.3:80"
		n := newNetwork()
		defer n.serving.Wait()
		n.servers[a] = func(net.Conn) {}
		slow := func(ctx context.Context, address netip.AddrPort) (net.Conn, error) {
			time.Sleep(20 * time.Millisecond)
			return n.dial(ctx, address)
		}
		p := newTCP(httpProbe(), slow)
		defer p.Close()
		p.Watch([]tuner.Target{target(a), target(b)})
		seen := after(t, p, 10*time.Second)
		if *seen[a].SuccessLatencySeconds != 0.02 || *seen[a].ErrorRatio != 0 || *seen[b].ErrorRatio != 1 || seen[b].SuccessLatencySeconds != nil {
			t.Errorf("got %s and %s", told(seen[a]), told(seen[b]))
		}
	})
}

// TestStandstill has the whole program stand still for longer than an interval.
func TestStandstill(t *testing.T) {
	var q queue
	p := &Prober{config: httpProbe(), waiting: q}
	now := time.Now()
	for range 100 {
		p.wait(&subject{}, now.Add(-time.Minute))
	}
	p.startDue(now)
	if len(p.waiting) != 100 {
		t.Fatalf("%d wait", len(p.waiting))
	}
	first, last := p.waiting[0].due, p.waiting[0].due
	for _, s := range p.waiting {
		if s.due.Before(first) {
			first = s.due
		}
		if s.due.After(last) {
			last = s.due
		}
	}
	if first.Before(now) || last.Sub(first) < p.config.Interval/2 {
		t.Errorf("due from %s to %s", first, last)
	}
}

func TestWindow(t *testing.T) {
	if _, ok := (window{since: time.Unix(0, 0)}).observation(target("10.0.0.2:80"), time.Unix(9, 0)); ok {
		t.Error("a window without a probe tells something")
	}
	w := window{since: time.Unix(0, 0)}
	w.add(time.Second, true)
	w.add(2*time.Second, false)
	w.add(4*time.Second, false)
	o, ok := w.observation(target("10.0.0.2:80"), time.Unix(10, 0))
	if got, want := told(o), "3 probes, 1 failed, 2.333s, good 3s"; !ok || got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
