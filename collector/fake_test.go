package collector

import (
	"net/netip"
	"sync"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// fake is an IPVS that has, or fails to have, what it is told to.
type fake struct {
	netns       string
	inode       uint64
	table       *ipvs.Table
	sysctls     []ipvs.Sysctl
	connections ipvs.Connections
	cpus        []ipvs.CPUStats
	marks       map[ipvs.ServiceID][]netip.Addr
	errs        map[string]error // by part
	reading     func()           // called by each read of a table

	mu     sync.Mutex
	reused []*ipvs.Table
}

func (d *fake) Netns() string { return d.netns }

func (d *fake) Table() (*ipvs.Table, error) {
	if d.reading != nil {
		d.reading()
	}
	return d.table, d.errs["table"]
}

func (d *fake) Reuse(t *ipvs.Table) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reused = append(d.reused, t)
}

func (d *fake) Sysctls() ([]ipvs.Sysctl, error) { return d.sysctls, d.errs["sysctls"] }
func (d *fake) Connections(ipvs.ConnectionLimit) (ipvs.Connections, error) {
	return d.connections, d.errs["connections"]
}
func (d *fake) CPUStats() ([]ipvs.CPUStats, error) { return d.cpus, d.errs["cpus"] }
func (d *fake) Marks() (map[ipvs.ServiceID][]netip.Addr, error) {
	return d.marks, d.errs["marks"]
}

func (d *fake) NetnsInode() (uint64, error) { return d.inode, d.errs["inode"] }

func directors(list ...Director) []Director { return list }

func only(d *fake) func() []Director { return func() []Director { return directors(d) } }

// everything has something in each of its parts.
func everything() *fake {
	t := table()
	t.Director.Stats.Rates = ipvs.Rates{Connections: 1, IncomingPackets: 2, OutgoingPackets: 3, IncomingBytes: 4, OutgoingBytes: 5}
	t.Director.Applications = []ipvs.Application{{Protocol: "tcp", Port: 21, Name: "ftp", Connections: 6}}
	t.Services = t.Services[:2]
	return &fake{
		table: t,
		sysctls: []ipvs.Sysctl{
			{Name: "drop_entry", Value: 2}, {Name: "drop_packet", Value: 1}, {Name: "secure_tcp", Value: 3},
			{Name: "est_cpulist", Text: "0-3"}, {Name: "sync_threshold", Value: 3}, {Name: "sync_period", Value: 50},
		},
		connections: ipvs.Connections{Truncated: true, Counts: []ipvs.ConnectionCount{
			{Protocol: "tcp", State: "established", Connections: 7, Synced: 3}, {Protocol: "udp", State: "udp", Connections: 8},
		}},
		cpus: []ipvs.CPUStats{
			{CPU: 0, Stats: ipvs.Stats{Connections: 9, IncomingPackets: 10, OutgoingPackets: 11, IncomingBytes: 12, OutgoingBytes: 13}},
			{CPU: 15, Stats: ipvs.Stats{Connections: 14, IncomingPackets: 15, OutgoingPackets: 16, IncomingBytes: 17, OutgoingBytes: 18}},
		},
	}
}

// naming calls everything by what it is given.
type naming struct{}

func (naming) Service(netns string, id ipvs.ServiceID, vips []netip.Addr) string {
	return "service " + id.String() + " in " + netns
}

func (naming) Server(netns string, server ipvs.ServerID) string {
	return "server " + server.String() + " in " + netns
}

func mismatch(name string, s *ipvs.VirtualService) (int, bool) {
	return len(name) + len(s.Servers), true
}
