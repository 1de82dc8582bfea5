package limits

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/director"
)

// plant is real servers behind a simulated director, in virtual time.
type plant struct {
	t        *testing.T
	random   *rand.Rand
	director *director.Director
	service  *director.Service
	now      time.Duration
	clients  int
	finishes finishes
	stations []station

	linger float64 // seconds that a closed connection is counted
	before func()  // each arrival; nil is nothing

	admitted, refused int
	answered, writes  int
	waited, worst     time.Duration
}

// station is a real server: requests beyond its workers wait in line.
type station struct {
	workers int
	mean    time.Duration // of the service of a request, which is exponential
	busy    int
	line    []request
}

type request struct {
	conn  director.Conn
	began time.Duration
}

type finish struct {
	at      time.Duration
	station int
	request
}

type finishes []finish

func (f finishes) Len() int           { return len(f) }
func (f finishes) Less(i, j int) bool { return f[i].at < f[j].at }
func (f finishes) Swap(i, j int)      { f[i], f[j] = f[j], f[i] }
func (f *finishes) Push(x any)        { *f = append(*f, x.(finish)) }
func (f *finishes) Pop() any {
	last := (*f)[len(*f)-1]
	*f = (*f)[:len(*f)-1]
	return last
}

func server(i int) ipvs.ServerID {
	return ipvs.ServerID{AddrPort: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 1, byte(1 + i)}), 80)}
}

// newPlant returns equal real servers whose requests take 30 ms.
func newPlant(t *testing.T, seed uint64, options director.Options, forward ipvs.Forward, servers, workers int) *plant {
	t.Helper()
	d, err := director.New(options)
	if err != nil {
		t.Fatal(err)
	}
	p := &plant{t: t, random: rand.New(rand.NewPCG(seed, 0)), director: d, stations: make([]station, servers), linger: 120}
	v := ipvs.VirtualService{ID: ipvs.ServiceID{Protocol: ipvs.TCP, Address: netip.MustParseAddrPort("10.0.0.1:80")}, Scheduler: "wrr"}
	for i := range servers {
		p.stations[i] = station{workers: workers, mean: mean}
		v.Servers = append(v.Servers, ipvs.RealServer{ID: server(i), Forward: forward, Weight: 1})
	}
	if p.service, err = d.AddService(0, v); err != nil {
		t.Fatal(err)
	}
	return p
}

const mean = 30 * time.Millisecond

// capacity returns the requests per second that all servers can answer.
func (p *plant) capacity() float64 {
	sum := 0.0
	for _, s := range p.stations {
		sum += float64(s.workers) / s.mean.Seconds()
	}
	return sum
}

// arrive has a client connect.
func (p *plant) arrive() {
	p.clients++
	n := uint32(p.clients % 50_000_000)
	client := netip.AddrPortFrom(netip.AddrFrom4([4]byte{11, byte(n >> 16), byte(n >> 8), byte(n)}), 1024)
	conn, verdict := p.service.Connect(p.now, director.Flow{Client: client})
	if verdict != director.Forwarded {
		p.refused++
		return
	}
	p.director.FromClient(p.now, conn, director.ACK)
	p.admitted++
	i := p.index(conn)
	if s := &p.stations[i]; s.busy == s.workers {
		s.line = append(s.line, request{conn, p.now})
		return
	}
	p.begin(i, request{conn, p.now})
}

// index returns which server a connection goes to.
func (p *plant) index(c director.Conn) int {
	for i := range p.stations {
		if p.service.Number(server(i)) == c.Server {
			return i
		}
	}
	return -1
}

func (p *plant) begin(i int, r request) {
	s := &p.stations[i]
	s.busy++
	heap.Push(&p.finishes, finish{p.now + time.Duration(float64(s.mean)*p.random.ExpFloat64()), i, r})
}

func (p *plant) finish() {
	f := heap.Pop(&p.finishes).(finish)
	p.director.FromClient(p.now, f.conn, director.FIN)
	p.director.FromServer(p.now, f.conn, director.FIN)
	took := p.now - f.began
	p.answered++
	p.waited += took
	p.worst = max(p.worst, took)
	s := &p.stations[f.station]
	s.busy--
	if len(s.line) > 0 {
		r := s.line[0]
		s.line = s.line[1:]
		p.begin(f.station, r)
	}
}

// run lets clients come at a rate until some time, and the tuner act every
// tick, which is 0 for never.
func (p *plant) run(perSecond float64, until, tick time.Duration, act func()) {
	gap := func() time.Duration { return time.Duration(p.random.ExpFloat64() / perSecond * float64(time.Second)) }
	next, arrival := p.now+tick, p.now+gap()
	for p.now < until {
		done := time.Duration(math.MaxInt64)
		if len(p.finishes) > 0 {
			done = p.finishes[0].at
		}
		switch {
		case tick > 0 && next <= min(done, arrival):
			p.now = next
			act()
			next += tick
		case done <= arrival:
			p.now = done
			p.finish()
		default:
			p.now = arrival
			if p.before != nil {
				p.before()
			}
			p.arrive()
			arrival = p.now + gap()
		}
	}
}

// listed returns what the director shows of the servers, in their order, each
// presumed to bear as many requests a second as it does, times a factor.
func (p *plant) listed(factor float64) []Server {
	servers := make([]Server, len(p.stations))
	for _, r := range p.service.Servers(p.now) {
		for i, s := range p.stations {
			if server(i) == r.ID {
				workers := factor * float64(s.workers)
				servers[i] = Server{Active: r.ActiveConnections, Inactive: r.InactiveConnections, Upper: r.UpperThreshold, Lower: r.LowerThreshold,
					Capacity: workers / s.mean.Seconds(), Workers: workers, Linger: p.linger}
			}
		}
	}
	return servers
}

// set writes thresholds.
func (p *plant) set(i int, upper, lower uint32) {
	p.t.Helper()
	written, err := p.service.EditServer(p.now, server(i), ipvs.Edit{UpperThreshold: &upper, LowerThreshold: &lower})
	if err != nil {
		p.t.Fatal(err)
	}
	if written {
		p.writes++
	}
}

// protect returns what writes the decisions of every tick.
func (p *plant) protect(tick time.Duration, factor float64) func() {
	states := make([]State, len(p.stations))
	return func() {
		var decisions []Decision
		decisions, states = Default().Decide(states, p.listed(factor), epoch.Add(p.now), tick)
		for i, d := range decisions {
			p.set(i, d.Upper, d.Lower)
		}
	}
}

var epoch = time.Date(2026, time.January, 2, 3, 4, 5, 0, time.UTC)

// exactly has the active connections alone be limited, without delay.
func (p *plant) exactly() {
	for i, s := range p.listed(1) {
		upper := s.Inactive + uint32(math.Round(s.concurrency()))
		p.set(i, upper, upper)
	}
}

// forget starts to count anew.
func (p *plant) forget() {
	p.admitted, p.refused, p.answered, p.writes, p.waited, p.worst = 0, 0, 0, 0, 0, 0
}

func (p *plant) meanSeconds() float64 { return p.waited.Seconds() / float64(p.answered) }

// refusedOver returns the refused over those that had to be, at a load.
func (p *plant) refusedOver(load float64) float64 {
	return float64(p.refused) / float64(p.refused+p.admitted) / (1 - 1/load)
}
