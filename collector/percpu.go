package collector

import (
	"strconv"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

func newPerCPU() subject {
	m := metrics[ipvs.CPUStats]{labels: []string{"netns", "cpu"}, walk: walkCPUs}
	addStats(&m, "ipvs_cpu_", "by the whole director on one processor", true, func(all []ipvs.CPUStats, c counter, values []float64) {
		for i := range all {
			values[i] = c.of(&all[i].Stats)
		}
	})
	return subject{name: NamePerCPU, part: partCPUs, families: m.families}
}

func walkCPUs(v *view, each func([]ipvs.CPUStats, group)) {
	identities := make([]identity, len(v.cpus))
	for i := range v.cpus {
		identities[i].last = strconv.Itoa(v.cpus[i].CPU)
	}
	each(v.cpus, group{before: []string{v.name}, identities: identities})
}
