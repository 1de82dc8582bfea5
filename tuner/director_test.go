package tuner

import (
	"sync"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs/ipvstest"
)

// busyDirector is a director whose one service gets 100 requests per second:
// before each read it brings its servers' counters up to date, and their
// active connections to what latency and share ask for.
type busyDirector struct {
	*ipvstest.Director
	latency []float64 // seconds, by server

	mutex   sync.Mutex
	last    time.Time
	samples int
	edits   []ipvs.ServerID
}

var _ Director = (*busyDirector)(nil)

func newBusyDirector(scheduler string, latency ...float64) *busyDirector {
	d := &busyDirector{Director: ipvstest.NewDirector(), latency: latency, last: time.Now()}
	v := ipvs.VirtualService{ID: plantService, Scheduler: scheduler}
	for i := range latency {
		v.Servers = append(v.Servers, ipvs.RealServer{ID: plantServer(i), Weight: 1})
	}
	d.AddService(v)
	return d
}

// weights returns the servers' weights, in the order of their latencies.
func (d *busyDirector) weights() []uint32 {
	weights := make([]uint32, len(d.latency))
	for i := range weights {
		d.Update(plantService, plantServer(i), func(s *ipvs.RealServer) { weights[i] = s.Weight })
	}
	return weights
}

// work lets the time since the last read pass.
func (d *busyDirector) work() {
	elapsed := time.Since(d.last)
	d.last = d.last.Add(elapsed)
	for i, share := range SharesOf(d.weights()) {
		d.Update(plantService, plantServer(i), func(s *ipvs.RealServer) {
			s.ActiveConnections = uint32(100 * share * d.latency[i])
			// Packets serve as thousandths of connections.
			s.Stats.IncomingPackets += uint64(100 * share * float64(elapsed.Milliseconds()))
			s.Stats.Connections = s.Stats.IncomingPackets / 1000
		})
	}
}

func (d *busyDirector) Table() (*ipvs.Table, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.work()
	return d.Director.Table()
}

func (d *busyDirector) Servers(id ipvs.ServiceID) ([]ipvs.RealServer, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.samples++
	d.work()
	return d.Director.Servers(id)
}

func (d *busyDirector) EditServers(id ipvs.ServiceID, edits []ipvs.ServerEdit) []ipvs.Edited {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	for _, e := range edits {
		d.edits = append(d.edits, e.Server)
	}
	return d.Director.EditServers(id, edits)
}

// asked returns how often it was sampled and which servers were edited.
func (d *busyDirector) asked() (samples int, edits []ipvs.ServerID) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.samples, append([]ipvs.ServerID{}, d.edits...)
}
