// Package collector shows the tables of IPVS as Prometheus metrics.
package collector

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
)

// Director is the IPVS of one network namespace. [ipvs.Client] is one.
type Director interface {
	Netns() string // what the namespace is called, "" for the program's own
	Table() (*ipvs.Table, error)
	Reuse(*ipvs.Table) // is told of a table that is not used any more
	Sysctls() ([]ipvs.Sysctl, error)
	Connections(ipvs.ConnectionLimit) (ipvs.Connections, error)
	CPUStats() ([]ipvs.CPUStats, error)
	Marks() (map[ipvs.ServiceID][]netip.Addr, error)
	NetnsInode() (uint64, error)
}

// Options say what a [Collector] shows; the zero value is the collectors that
// are on by default, and everything in them.
type Options struct {
	// Collectors names those that are shown; see [Names]. Nil is those that
	// are on by default.
	Collectors []string

	// Include and Exclude are patterns of virtual services' identities, as
	// [ipvs.MatchGlob] reads them. A service has series if it matches one of
	// Include, or that is empty, and none of Exclude. The director's own
	// series count all.
	Include, Exclude []string

	// ServersLimit is how many real servers a virtual service may have for
	// them to have series of their own; 0 is any number. The service's series
	// count all.
	ServersLimit int

	// Naming names services and servers; nil names none.
	Naming Naming

	// DNSMismatch says how many addresses only one of DNS and the table has
	// for a virtual service of that name; ok is false where DNS has none. Nil
	// is never.
	DNSMismatch func(name string, s *ipvs.VirtualService) (n int, ok bool)

	// Latency reads what has been measured in all network namespaces, for the
	// collector latency. Nil has nothing.
	Latency func() ([]passive.Reading, []passive.Loss, error)

	// Report is told when what a read comes to has changed. Nil is told
	// nothing.
	Report func(Outcome)
}

// Outcome is what the read of a part of a network namespace's IPVS came to.
type Outcome struct {
	Netns  string
	Part   string      // as "table", "sysctls", "connections"
	Source ipvs.Source // of a table
	Err    error       // nil when it worked
}

// Collector reads directors at each scrape and shows them. It implements
// [prometheus.Collector].
//
// What cannot be read costs no scrape: the metrics of it are absent, never
// half there, and ipvs_up or ipvs_scrape_collector_success is 0.
type Collector struct {
	directors func() []Director
	options   Options
	subjects  []subject // those that are on
	self      self
	slots     chan struct{} // of reads that run at once
	texts     sync.Pool

	mu         sync.Mutex
	namespaces map[string]*namespace
}

// New returns a collector of the directors that are there when it is
// scraped, no two of the same name.
func New(directors func() []Director, o Options) *Collector {
	if o.Collectors == nil {
		o.Collectors = Defaults()
	}
	return &Collector{
		directors:  directors,
		options:    o,
		subjects:   choose(subjects(o), o.Collectors),
		self:       newSelf(),
		slots:      make(chan struct{}, maxReads()),
		namespaces: map[string]*namespace{},
	}
}

// Describe implements prometheus.Collector.
func (c *Collector) Describe(ch chan<- *prometheus.Desc) { c.describe(ch, c.subjects) }

// Collect implements prometheus.Collector.
func (c *Collector) Collect(ch chan<- prometheus.Metric) {
	c.put(context.Background(), &output{registry: ch}, c.subjects)
}

func (c *Collector) describe(ch chan<- *prometheus.Desc, subjects []subject) {
	c.self.describe(ch)
	for _, s := range subjects {
		for _, f := range s.families {
			ch <- f.desc
		}
	}
}

// put reads and puts out what the subjects show.
func (c *Collector) put(ctx context.Context, o *output, subjects []subject) {
	start := time.Now()
	views, leave := c.read(ctx, partsOf(subjects))
	defer leave()
	reading := time.Since(start)
	for i := range c.self.families {
		o.putFamily(&c.self.families[i], views)
	}
	runs := make([]run, len(subjects))
	for i, s := range subjects {
		start := time.Now()
		readable, success := readable(views, s.part)
		for j := range s.families {
			o.putFamily(&s.families[j], readable)
		}
		runs[i] = run{s.name, reading + time.Since(start), success}
	}
	c.self.putRuns(o, runs)
}

// readable returns the views whose part is there, and whether that is all.
func readable(views []view, p part) (there []view, all bool) {
	missing := func(v view) bool { return v.errs[p] != nil }
	if !slices.ContainsFunc(views, missing) {
		return views, true
	}
	return slices.DeleteFunc(slices.Clone(views), missing), false
}

// read returns what there is of each network namespace by the end of ctx.
// leave is to be called when it is not used any more.
func (c *Collector) read(ctx context.Context, want parts) (views []view, leave func()) {
	namespaces := c.current()
	reads := make([]reading, len(namespaces))
	for i, n := range namespaces {
		reads[i] = n.start(c.slots, want)
	}
	latencies := c.readLatencies(want)
	for i, n := range namespaces {
		v := view{namespace: n, read: want}
		for _, wait := range reads[i].waits {
			wait(ctx, &v)
		}
		v.addLatencies(latencies)
		if !v.gone() {
			v.note()
			views = append(views, v)
		}
	}
	return views, func() {
		for i := range reads {
			reads[i].leave()
		}
	}
}

// current returns the namespaces that there are now, with what is remembered
// of them.
func (c *Collector) current() []*namespace {
	directors := c.directors()
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := make(map[string]*namespace, len(directors))
	list := make([]*namespace, len(directors))
	for i, d := range directors {
		n := c.namespaces[d.Netns()]
		if n == nil || n.director != d {
			n = newNamespace(d, c.options)
		}
		kept[n.name], list[i] = n, n
	}
	c.namespaces = kept
	return list
}
