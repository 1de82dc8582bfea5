package collector

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// part is a part of a network namespace's IPVS that is read by itself.
type part int

const (
	partTable part = iota
	partSysctls
	partConnections
	partCPUs
	partMarks // with the table
	partLatency
	partCount
)

func (p part) String() string {
	return [...]string{"table", "sysctls", "connections", "per-CPU counters", "firewall marks", "latency"}[p]
}

// parts are those that a scrape needs.
type parts [partCount]bool

func partsOf(subjects []subject) parts {
	var p parts
	for _, s := range subjects {
		p[s.part] = true
	}
	if p[partLatency] {
		p[partTable] = true // for those that have series
	}
	if len(subjects) == 0 {
		p[partTable] = true // for ipvs_up
	}
	return p
}

// namespace is what is remembered of a network namespace from scrape to
// scrape.
type namespace struct {
	name     string
	director Director
	naming   Naming
	marks    bool // read them: naming asks for them
	filter   filter
	report   func(Outcome)

	tables      shared[tableRead]
	sysctls     shared[[]ipvs.Sysctl]
	connections shared[ipvs.Connections]
	cpus        shared[[]ipvs.CPUStats]

	history           history   // of tables; one is read at a time
	since             time.Time // when the counters here were zero
	retried, repeated atomic.Uint64

	mu       sync.Mutex
	outcomes [partCount]Outcome // the last ones
}

// tableRead is a table with what belongs to it. Several scrapes may share it.
type tableRead struct {
	table       *ipvs.Table
	origin      time.Time // when the director's counters were zero
	fingerprint fingerprint
	services    []serviceView // those that have series, in the table's order
	identities  []identity    // theirs
	vips        map[ipvs.ServiceID][]netip.Addr
	marksErr    error
}

func newNamespace(d Director, o Options) *namespace {
	n := &namespace{
		name: d.Netns(), director: d, naming: noNaming{}, report: o.Report, since: time.Now(),
		filter:  filter{include: o.Include, exclude: o.Exclude, limit: o.ServersLimit},
		history: newHistory(),
	}
	n.tables.unused = func(r tableRead) {
		if r.table != nil {
			d.Reuse(r.table)
		}
	}
	if o.Naming != nil {
		n.naming, n.marks = o.Naming, true
	}
	for p := range partCount {
		n.outcomes[p] = Outcome{Netns: n.name, Part: p.String()}
	}
	n.outcomes[partTable].Source = ipvs.Netlink
	return n
}

// view is what a scrape shows of a network namespace.
type view struct {
	*namespace
	tableRead
	sysctls     []ipvs.Sysctl
	connections ipvs.Connections
	cpus        []ipvs.CPUStats
	latency     latency

	read parts            // what was asked for
	errs [partCount]error // why a part is missing
}

// reading is a read of a namespace's parts.
type reading struct {
	waits []func(context.Context, *view) // wait for a part each, and put it into a view
	leave func()                         // ends the use of what was read
}

// start begins to read.
func (n *namespace) start(slots chan struct{}, want parts) reading {
	r := reading{leave: func() {}}
	if want[partTable] {
		f := n.tables.join(slots, n.readTable)
		r.leave = func() { n.tables.leave(f) }
		r.waits = append(r.waits, func(ctx context.Context, v *view) {
			v.tableRead, v.errs[partTable] = f.wait(ctx)
			v.read[partMarks], v.errs[partMarks] = n.marks, v.marksErr
		})
	}
	if want[partSysctls] {
		f := n.sysctls.join(slots, n.director.Sysctls)
		r.waits = append(r.waits, func(ctx context.Context, v *view) { v.sysctls, v.errs[partSysctls] = f.wait(ctx) })
	}
	if want[partConnections] {
		f := n.connections.join(slots, n.readConnections)
		r.waits = append(r.waits, func(ctx context.Context, v *view) { v.connections, v.errs[partConnections] = f.wait(ctx) })
	}
	if want[partCPUs] {
		f := n.cpus.join(slots, n.director.CPUStats)
		r.waits = append(r.waits, func(ctx context.Context, v *view) { v.cpus, v.errs[partCPUs] = f.wait(ctx) })
	}
	return r
}

func (n *namespace) readTable() (tableRead, error) {
	t, err := n.director.Table()
	if err != nil {
		return tableRead{}, err
	}
	n.retried.Add(uint64(t.Retries))
	n.repeated.Add(uint64(t.Duplicates))
	r := n.show(t, time.Now())
	if n.marks && t.HasMarks() {
		r.vips, r.marksErr = n.director.Marks()
	}
	return r, nil
}

// show brings together what is shown of a table that was read at now.
func (n *namespace) show(t *ipvs.Table, now time.Time) tableRead {
	all := n.history.apply(t, now)
	r := tableRead{
		table: t, origin: n.history.director.origin,
		services: make([]serviceView, 0, len(all)), identities: make([]identity, 0, len(all)),
	}
	for i, kept := range all {
		r.fingerprint.add(kept.fingerprint)
		if s := &t.Services[i]; n.filter.shows(kept.last) {
			shown := serviceView{VirtualService: s, sums: sumsOf(s), id: kept.last}
			if !n.filter.omitsServers(s) {
				shown.servers, shown.after = kept.servers, kept.after
			}
			r.services, r.identities = append(r.services, shown), append(r.identities, kept.identity)
		}
	}
	return r
}

// readConnections costs the director no more than it is worth: the kernel's
// work grows with the square of the table.
func (n *namespace) readConnections() (ipvs.Connections, error) {
	return n.director.Connections(ipvs.ConnectionLimit{Entries: 1_000_000, Time: time.Second})
}

// gone tells a namespace that has vanished since it was listed.
func (v *view) gone() bool {
	for _, err := range v.errs {
		if errors.Is(err, ipvs.ErrNoNetns) {
			return true
		}
	}
	return false
}

func (v *view) serviceName(id ipvs.ServiceID) string {
	return v.naming.Service(v.name, id, v.vips[id])
}

// up reports whether the first of the parts that were asked for is there.
func (v *view) up() bool {
	for p, asked := range v.read {
		if asked {
			return v.errs[p] == nil
		}
	}
	return true
}

// note reports what has changed since the last scrape.
func (v *view) note() {
	for p, asked := range v.read {
		if !asked {
			continue
		}
		o := Outcome{Netns: v.name, Part: part(p).String(), Err: v.errs[p]}
		if v.table != nil && part(p) == partTable {
			o.Source = v.table.Source
		}
		v.namespace.note(part(p), o)
	}
}

func (n *namespace) note(p part, o Outcome) {
	n.mu.Lock()
	last := n.outcomes[p]
	n.outcomes[p] = o
	n.mu.Unlock()
	if n.report != nil && (o.Source != last.Source && o.Err == nil || fmt.Sprint(o.Err) != fmt.Sprint(last.Err)) {
		n.report(o)
	}
}
