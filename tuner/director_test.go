package tuner

import (
	"slices"
	"sync"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// fakeDirector has one service whose servers each hold as many active
// connections as their latency and share of 100 requests per second ask for.
type fakeDirector struct {
	mutex     sync.Mutex
	scheduler string
	weights   []uint32
	latency   []float64
	counted   []float64 // connections by server, up to the last read
	last      time.Time
	tableErr  error
	editErrs  map[ipvs.ServerID]error
	samples   int
	edits     []string
}

var _ Director = (*fakeDirector)(nil)

func newFakeDirector(latency ...float64) *fakeDirector {
	return &fakeDirector{
		last:      time.Now(),
		scheduler: "wrr",
		weights:   slices.Repeat([]uint32{1}, len(latency)),
		latency:   latency,
		counted:   make([]float64, len(latency)),
		editErrs:  make(map[ipvs.ServerID]error),
	}
}

// set changes the director while the loop runs.
func (d *fakeDirector) set(change func()) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	change()
}

// record is what a director was asked for, and its weights.
type record struct {
	weights []uint32
	edits   []string // servers
	samples int
}

func (d *fakeDirector) record() record {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return record{slices.Clone(d.weights), slices.Clone(d.edits), d.samples}
}

func (d *fakeDirector) servers() []ipvs.RealServer {
	elapsed := time.Since(d.last).Seconds()
	d.last = time.Now()
	var servers []ipvs.RealServer
	for i, share := range sharesOf(d.weights) {
		d.counted[i] += 100 * share * elapsed
		servers = append(servers, ipvs.RealServer{
			ID:                plantServer(i),
			Weight:            d.weights[i],
			ActiveConnections: uint32(100 * share * d.latency[i]),
			Stats:             ipvs.Stats{Connections: uint64(d.counted[i])},
		})
	}
	return servers
}

func (d *fakeDirector) Table() (*ipvs.Table, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.tableErr != nil {
		return nil, d.tableErr
	}
	return &ipvs.Table{Services: []ipvs.VirtualService{{ID: plantService, Scheduler: d.scheduler, Servers: d.servers()}}}, nil
}

func (d *fakeDirector) Servers(id ipvs.ServiceID) ([]ipvs.RealServer, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.samples++
	if d.tableErr != nil {
		return nil, d.tableErr
	}
	if id != plantService {
		return nil, &ipvs.Error{Op: "list servers", Service: id, Err: ipvs.ErrNoService}
	}
	return d.servers(), nil
}

func (d *fakeDirector) EditServer(service ipvs.ServiceID, server ipvs.ServerID, edit ipvs.Edit) (bool, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.edits = append(d.edits, server.String())
	if err := d.editErrs[server]; err != nil {
		return false, &ipvs.Error{Op: "set weight", Service: service, Server: server, Err: err}
	}
	for i := range d.weights {
		if plantServer(i) == server {
			d.weights[i] = *edit.Weight
		}
	}
	return true, nil
}
