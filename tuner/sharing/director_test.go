package sharing

import (
	"container/heap"
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/director"
)

// drive is Poisson traffic through a simulated director: connections that stay
// active for the seconds of their server, as they are or on average, and then
// inactive for as long as the director remembers those without answers.
type drive struct {
	service     ipvs.VirtualService // without servers; zero is tcp/10.8.0.1:80
	weights     []uint32
	traffic     Traffic
	exponential bool // holding times
	seed        uint64
	connections int // that are counted, after those that fill the table
}

// shares returns the part of the connections that each server got.
func (d drive) shares(t testing.TB) []float64 {
	t.Helper()
	random := rand.New(rand.NewPCG(d.seed, 1))
	s, run := d.open(t, random)
	counts := make([]float64, len(d.weights))
	longest := 0.0
	for i, active := range d.traffic.Active {
		longest = max(longest, active+d.traffic.Inactive[i])
	}
	warm := int(3*longest*d.traffic.Rate) + 1000
	now, open := 0.0, closings{}
	for n := range warm + d.connections {
		now += random.ExpFloat64() / d.traffic.Rate
		for len(open) > 0 && open[0].at <= now {
			c := heap.Pop(&open).(closing)
			run.FromClient(instant(c.at), c.conn, director.FIN)
		}
		c, verdict := s.Connect(instant(now), director.Flow{Client: clientOf(random.Uint32()), To: d.to(random)})
		if verdict != director.Forwarded {
			continue
		}
		run.FromClient(instant(now), c, director.ACK)
		server := len(d.weights) - 1 - c.Server // the last of the list was added first
		hold := d.traffic.Active[server]
		if d.exponential {
			hold *= random.ExpFloat64()
		}
		heap.Push(&open, closing{now + hold, c})
		if n >= warm {
			counts[server]++
		}
	}
	for i := range counts {
		counts[i] /= float64(d.connections)
	}
	return counts
}

func (d drive) open(t testing.TB, random *rand.Rand) (*director.Service, *director.Director) {
	t.Helper()
	v := d.service
	if v.ID == (ipvs.ServiceID{}) {
		v.ID = ipvs.AddressService(ipvs.TCP, netip.MustParseAddrPort("10.8.0.1:80"))
	}
	for i, w := range d.weights {
		v.Servers = append(v.Servers, ipvs.RealServer{ID: serverOf(i), Weight: w, Forward: ipvs.Route})
	}
	options := director.Options{OverheadFactor: uint32(d.traffic.Factor), Random: random}
	if len(d.traffic.Inactive) > 0 {
		options.Timeouts.TCPFin = instant(d.traffic.Inactive[0])
	}
	run, err := director.New(options)
	if err != nil {
		t.Fatal(err)
	}
	s, err := run.AddService(0, v)
	if err != nil {
		t.Fatal(err)
	}
	return s, run
}

// to is where a client of a firewall mark's service connects to, some place
// new each time.
func (d drive) to(random *rand.Rand) netip.AddrPort {
	if d.service.ID.Mark == 0 {
		return netip.AddrPort{}
	}
	return place(random.Uint32())
}

func place(n uint32) netip.AddrPort { return netip.AddrPortFrom(address(11, n), 80) }

func instant(seconds float64) time.Duration { return time.Duration(seconds * 1e9) }

func serverOf(i int) ipvs.ServerID {
	return ipvs.ServerID{AddrPort: netip.AddrPortFrom(address(10, 9<<16|uint32(i)), 80)}
}

func clientOf(n uint32) netip.AddrPort {
	return netip.AddrPortFrom(address(10, n), uint16(1+n>>24))
}

// address returns one of the 2^24 that begin with a byte.
func address(first byte, n uint32) netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], uint32(first)<<24|n&0xffffff)
	return netip.AddrFrom4(b)
}

type closing struct {
	at   float64 // seconds
	conn director.Conn
}

type closings []closing

func (c closings) Len() int           { return len(c) }
func (c closings) Less(i, j int) bool { return c[i].at < c[j].at }
func (c closings) Swap(i, j int)      { c[i], c[j] = c[j], c[i] }
func (c *closings) Push(x any)        { *c = append(*c, x.(closing)) }
func (c *closings) Pop() any {
	last := (*c)[len(*c)-1]
	*c = (*c)[:len(*c)-1]
	return last
}
