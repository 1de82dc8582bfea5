//go:build lab

package e2e

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	moby "github.com/moby/ipvs"
	"golang.org/x/sys/unix"
)

// A soak's directors have virtual services from port 80 on, each with servers
// by number.
const (
	soakServices = 8
	soakServers  = 5
)

// soakServer names a real server, from 0 on.
func soakServer(i int) string { return fmt.Sprintf("10.0.2.%d:8080", 1+i%soakServers) }

// soakedDirector is its own client and real servers.
type soakedDirector struct {
	handle  *moby.Handle
	changes tally
}

// newSoakedDirector makes one in a new network namespace.
func newSoakedDirector(t *testing.T, netns string) *soakedDirector {
	t.Helper()
	sh(t, "modprobe ip_vs; ip netns add "+netns)
	shIn(t, netns, "ip link set lo up; ip addr add 10.0.2.1/24 dev lo; ip addr add 10.0.1.100/24 dev lo")
	handle, err := moby.New("/run/netns/" + netns)
	if err != nil {
		t.Fatal(err)
	}
	d := &soakedDirector{handle: handle, changes: tally{what: "changes of the table"}}
	for i := range soakServices {
		d.addService(i)
	}
	return d
}

// end takes the director away.
func (d *soakedDirector) end(t *testing.T, netns string) {
	t.Helper()
	d.handle.Close() // it would keep the namespace
	sh(t, "ip netns del "+netns)
}

func (d *soakedDirector) addService(i int) {
	d.changes.note(d.handle.NewService(d.service(i)))
	for server := range soakServers {
		d.changes.note(d.handle.NewDestination(d.service(i), d.server(server, 100)))
	}
}

func (d *soakedDirector) service(i int) *moby.Service {
	return &moby.Service{
		AddressFamily: unix.AF_INET, Protocol: unix.IPPROTO_TCP, Address: net.IPv4(10, 0, 1, 100), Port: uint16(80 + i),
		SchedName: "wlc", Netmask: 0xffffffff,
	}
}

func (d *soakedDirector) server(i, weight int) *moby.Destination {
	return &moby.Destination{
		AddressFamily: unix.AF_INET, Address: net.IPv4(10, 0, 2, byte(1+i%soakServers)), Port: 8080, Weight: weight,
	}
}

// change makes the changes of a round, to a third of the services: a server goes,
// and one that went two turns ago, more than a look of the tuner's, comes back; each
// sixteenth turn all of the service goes, and comes back by the next. The first two
// services keep their servers, but one is edited now and then.
func (d *soakedDirector) change(round int) {
	turn := round / 3
	for i := 2 + round%3; i < soakServices; i += 3 {
		service := d.service(i)
		switch {
		case turn%16 == i:
			d.changes.note(d.handle.DelService(service))
			continue
		case turn%16 == i+1:
			d.addService(i)
			d.changes.note(d.handle.DelDestination(service, d.server(turn-1, 0)))
		case turn > 1:
			d.changes.note(d.handle.NewDestination(service, d.server(turn-2, 100)))
		}
		d.changes.note(d.handle.DelDestination(service, d.server(turn, 0)))
	}
	if round%20 == 0 {
		d.changes.note(d.handle.UpdateDestination(d.service(1), d.server(round/20, 50+rand.N(100))))
	}
}

// serveSoak starts the real servers, of which each is slower than the one
// before and is not well for three seconds in fifteen, and a Prometheus that tells the
// like of them.
func serveSoak(t *testing.T) {
	t.Helper()
	answerAt(t, "soak", ":8080", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		address, _, _ := net.SplitHostPort(r.Context().Value(http.LocalAddrContextKey).(net.Addr).String())
		i, _ := strconv.Atoi(address[strings.LastIndexByte(address, '.')+1:])
		time.Sleep(time.Duration(i) * 5 * time.Millisecond)
		if r.URL.Path == "/healthz" && fails(i) {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	answerAt(t, "soak", "127.0.0.1:9090", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		values := map[string]float64{}
		for i := range soakServers {
			switch r.FormValue("query") {
			case "latency":
				values[soakServer(i)] = 0.01 + rand.Float64()/10
			case "requests":
				values[soakServer(i)] = 50
			case "errors":
				if fails(i) {
					values[soakServer(i)] = 40
				}
			}
		}
		writeVector(w, values)
	}))
}

// fails reports whether a real server fails its requests now.
func fails(i int) bool { return int(time.Now().Unix()/3)%soakServers == i%soakServers }
