package collector

import (
	"strconv"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

func newPerCPU() subject {
	m := metrics[ipvs.CPUStats]{labels: []string{"netns", "cpu"}, walk: walkCPUs}
	addStats(&m, "ipvs_cpu_", "by the whole director on one processor", true, func(s *ipvs.CPUStats) *ipvs.Stats { return &s.Stats })
	return subject{name: NamePerCPU, part: partCPUs, families: m.families}
}

func walkCPUs(v *view, each func(*ipvs.CPUStats, *identity)) {
	for i := range v.cpus {
		each(&v.cpus[i], &identity{values: []string{v.name, strconv.Itoa(v.cpus[i].CPU)}})
	}
}
