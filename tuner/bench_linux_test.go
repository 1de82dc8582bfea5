package tuner

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/cputime"
)

// BenchmarkStep makes the steps of one period after the other, of as many as it
// takes until all services that rest were judged once, and starts over. Besides
// their mean it tells how long the longest of these took, and at how many
// services weights were written.
func BenchmarkStep(b *testing.B) {
	for _, schedulers := range [][]string{{"wrr"}, {"wlc"}, {"wrr", "wlc", "mh", "sh"}} {
		for _, unsettled := range []bool{false, true} {
			b.Run(fmt.Sprintf("%v unsettled=%v", schedulers, unsettled), func(b *testing.B) {
				round := newRound(schedulers...)
				if unsettled {
					for i := range round {
						round[i].unsettle()
					}
				}
				b.ReportAllocs()
				benchmarkSteps(b, round)
			})
		}
	}
}

func benchmarkSteps(b *testing.B, round []town) {
	var took [2 * rests]time.Duration
	steps, written, report := 0, 0, cputime.Report(b)
	for b.Loop() {
		at := steps % len(round)
		town, began := &round[at], cputime.Now(b)
		plan, _ := Step(townConfig(), town.state, town.table, town.observations, town.now)
		took[at] += cputime.Now(b) - began
		written += plan.written()
		steps++
	}
	report()
	longest := slices.Max(took[:]) * time.Duration(len(round)) / time.Duration(steps)
	b.ReportMetric(float64(longest.Microseconds())/1e3, "longest-cpu-ms")
	b.ReportMetric(float64(written)/float64(steps), "written")
}

// written returns at how many services weights are.
func (p *Plan) written() (n int) {
	for _, s := range p.Services {
		if s.Action == Apply {
			n++
		}
	}
	return n
}

func BenchmarkSaveStates(b *testing.B) {
	for _, scheduler := range []string{"wrr", "wlc"} {
		b.Run(scheduler, func(b *testing.B) { saveStates(b, newTown(scheduler)) })
	}
}

func saveStates(b *testing.B, of town) {
	name, states := filepath.Join(b.TempDir(), "state.json"), States{"": of.state}
	report := cputime.Report(b)
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
	report := cputime.Report(b)
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
