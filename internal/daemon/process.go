package daemon

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"
)

// NewProcessCollector returns a collector of the program's own process, with the
// metrics that client_golang's has but those of the network: in its own words
// bytes that the process received and sent, these are all that the network
// namespace did, which at a director is its clients' traffic. What cannot be read
// is left out.
//
// client_golang reads /proc/self/net/netstat for them and /proc/stat for the
// time of the start, at each scrape: half of what a scrape costs besides the
// director's table.
func NewProcessCollector() prometheus.Collector {
	desc := func(name, help string) *prometheus.Desc { return prometheus.NewDesc(name, help, nil, nil) }
	return &process{
		start:      startTime(),
		cpu:        desc("process_cpu_seconds_total", "Total user and system CPU time spent in seconds."),
		open:       desc("process_open_fds", "Number of open file descriptors."),
		mostOpen:   desc("process_max_fds", "Maximum number of open file descriptors."),
		virtual:    desc("process_virtual_memory_bytes", "Virtual memory size in bytes."),
		mostMemory: desc("process_virtual_memory_max_bytes", "Maximum amount of virtual memory available in bytes."),
		resident:   desc("process_resident_memory_bytes", "Resident memory size in bytes."),
		started:    desc("process_start_time_seconds", "Start time of the process since unix epoch in seconds."),
	}
}

type process struct {
	start                                                       float64 // 0 is not known
	cpu, open, mostOpen, virtual, mostMemory, resident, started *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (p *process) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{p.cpu, p.open, p.mostOpen, p.virtual, p.mostMemory, p.resident, p.started} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (p *process) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value)
	}
	if p.start != 0 {
		gauge(p.started, p.start)
	}
	if limit, err := limitOf(unix.RLIMIT_NOFILE); err == nil {
		gauge(p.mostOpen, limit)
	}
	if limit, err := limitOf(unix.RLIMIT_AS); err == nil {
		gauge(p.mostMemory, limit)
	}
	self, err := procfs.Self()
	if err != nil {
		return
	}
	if n, err := self.FileDescriptorsLen(); err == nil {
		gauge(p.open, float64(n))
	}
	if stat, err := self.Stat(); err == nil {
		ch <- prometheus.MustNewConstMetric(p.cpu, prometheus.CounterValue, stat.CPUTime())
		gauge(p.virtual, float64(stat.VirtualMemory()))
		gauge(p.resident, float64(stat.ResidentMemory()))
	}
}

// startTime returns when the process began, in seconds since 1970; 0 where that
// cannot be read.
func startTime() float64 {
	self, err := procfs.Self()
	if err != nil {
		return 0
	}
	stat, err := self.Stat()
	if err != nil {
		return 0
	}
	start, err := stat.StartTime()
	if err != nil {
		return 0
	}
	return start
}

// limitOf returns the soft limit of a resource; that of none is 2⁶⁴-1.
func limitOf(resource int) (float64, error) {
	var l unix.Rlimit
	err := unix.Getrlimit(resource, &l)
	return float64(l.Cur), err
}
