package collector

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

type perCPU struct{ metrics[ipvs.CPUStats] }

func newPerCPU() *perCPU {
	p := &perCPU{metrics[ipvs.CPUStats]{labels: []string{"netns", "cpu"}}}
	addStats(&p.metrics, "ipvs_cpu_", "by the whole director on one processor", func(s *ipvs.CPUStats) *ipvs.Stats { return &s.Stats }, nil)
	return p
}

func (p *perCPU) subject() subject {
	return subject{name: NamePerCPU, part: partCPUs, collect: p.collect, all: p.descs()}
}

func (p *perCPU) collect(ch chan<- prometheus.Metric, v *view) {
	for i := range v.cpus {
		p.metrics.collect(ch, &v.cpus[i], time.Time{}, v.name, strconv.Itoa(v.cpus[i].CPU))
	}
}
