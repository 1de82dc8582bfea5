package collector

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// self is what the collector tells of its own work.
type self struct {
	families          []family // of its reads
	duration, success family   // of its runs
}

// run is how one of the collectors did in one scrape.
type run struct {
	name    string
	took    time.Duration
	success bool
}

func newSelf() self {
	netns, collector := []string{"netns"}, []string{"collector"}
	return self{
		duration: newGauge("ipvs_scrape_collector_duration_seconds", "Time that the collector took, the reads of the kernel that all share included.", collector, nil),
		success:  newGauge("ipvs_scrape_collector_success", "1 when the collector had what it needed of every network namespace, else 0.", collector, nil),
		families: []family{
			newGauge("ipvs_up", "1 when the last read of the network namespace worked, else 0.", netns,
				func(v *view, o *output) { o.add(oneIf(v.up()), v.name) }),
			newGauge("ipvs_source_info", "The kernel interface that the table was read through.", []string{"netns", "source"}, putSource),
			newFamily(prometheus.CounterValue, "ipvs_read_retries_total", "Dumps that were read again because the table was edited meanwhile.", netns,
				func(v *view, o *output) { putOwnCount(v, o, v.retried.Load()) }),
			newFamily(prometheus.CounterValue, "ipvs_read_duplicates_total", "Entries that the kernel repeated in a dump, and that were merged.", netns,
				func(v *view, o *output) { putOwnCount(v, o, v.repeated.Load()) }),
		},
	}
}

func (s *self) describe(ch chan<- *prometheus.Desc) {
	for _, f := range s.families {
		ch <- f.desc
	}
	ch <- s.duration.desc
	ch <- s.success.desc
}

func (s *self) putRuns(o *output, runs []run) {
	o.begin(&s.duration)
	for _, r := range runs {
		o.add(r.took.Seconds(), r.name)
	}
	o.begin(&s.success)
	for _, r := range runs {
		o.add(oneIf(r.success), r.name)
	}
}

func putSource(v *view, o *output) {
	if v.table != nil {
		o.add(1, v.name, string(v.table.Source))
	}
}

func putOwnCount(v *view, o *output, n uint64) {
	o.addColumn(group{identities: []identity{{last: v.name, origin: v.since}}}, []float64{float64(n)})
}

func oneIf(condition bool) float64 {
	if condition {
		return 1
	}
	return 0
}
