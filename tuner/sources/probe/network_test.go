package probe

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
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
