package tuner

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func BenchmarkStep(b *testing.B) {
	for _, schedulers := range [][]string{{"wrr"}, {"wlc"}, {"wrr", "wlc", "mh", "sh"}} {
		for _, unsettled := range []bool{false, true} {
			b.Run(fmt.Sprintf("%v unsettled=%v", schedulers, unsettled), func(b *testing.B) {
				town := newTown(schedulers...)
				if unsettled {
					town.unsettle()
				}
				b.ReportAllocs()
				applied, report := 0, reportCPU(b)
				for b.Loop() {
					plan, _ := Step(townConfig(), town.state, town.table, town.observations, town.now)
					applied = 0
					for _, s := range plan.Services {
						if s.Action == Apply {
							applied++
						}
					}
				}
				report()
				b.ReportMetric(float64(applied), "written")
			})
		}
	}
}

func BenchmarkSaveStates(b *testing.B) {
	name, states := filepath.Join(b.TempDir(), "state.json"), States{"": newTown("wrr").state}
	report := reportCPU(b)
	for b.Loop() {
		if err := SaveStates(name, states); err != nil {
			b.Fatal(err)
		}
	}
	report()
	b.ReportMetric(float64(fileSize(b, name))/1e6, "MB")
}

func BenchmarkLoadStates(b *testing.B) {
	name, states := filepath.Join(b.TempDir(), "state.json"), States{"": newTown("wrr").state}
	if err := SaveStates(name, states); err != nil {
		b.Fatal(err)
	}
	report := reportCPU(b)
	for b.Loop() {
		if got, err := LoadStates(name); err != nil || len(got[""].Services) != townServices {
			b.Fatal(err)
		}
	}
	report()
}

func fileSize(b *testing.B, name string) int64 {
	info, err := os.Stat(name)
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}
