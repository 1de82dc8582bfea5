//go:build lab

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/director"
)

// pass lets time pass. In the simulation that takes none.
func (w *twin) pass(d time.Duration, services ...*director.Service) {
	w.Helper()
	w.clock.ahead = w.now() + d
	for time.Since(w.clock.start) < w.clock.ahead {
		time.Sleep(w.clock.ahead - time.Since(w.clock.start))
	}
	for _, s := range services {
		w.settle(s)
	}
}

// settle waits until the kernel has seen all packets, and until a service's
// servers are equal but for the statistics.
func (w *twin) settle(s *director.Service) {
	w.Helper()
	w.frames.arrive(w.T)
	w.patiently(func() []string {
		kernel, err := w.kernel.Servers(s.ID())
		if err != nil {
			w.Fatal(err)
		}
		return different(gauges(kernel), gauges(s.Servers(w.now())))
	})
}

// patiently tries until there are no differences any more, for a minute.
func (w *twin) patiently(differences func() []string) {
	w.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		found := differences()
		switch {
		case len(found) == 0:
			return
		case time.Now().After(deadline):
			w.Fatalf("kernel and simulation differ:\n%s", strings.Join(found, "\n"))
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// gauges are servers with their connections, a line each.
func gauges(servers []ipvs.RealServer) []string {
	var lines []string
	for i, r := range servers {
		lines = append(lines, fmt.Sprintf("%d: %s %s weight %d thresholds %d %d: %d active %d inactive %d persistent",
			i, r.ID, r.Forward, r.Weight, r.UpperThreshold, r.LowerThreshold,
			r.ActiveConnections, r.InactiveConnections, r.PersistentConnections))
	}
	slices.Sort(lines)
	return lines
}

// different returns the lines that one has and the other has not.
func different(kernel, simulated []string) []string {
	var lines []string
	for _, line := range kernel {
		if _, found := slices.BinarySearch(simulated, line); !found {
			lines = append(lines, "kernel     "+line)
		}
	}
	for _, line := range simulated {
		if _, found := slices.BinarySearch(kernel, line); !found {
			lines = append(lines, "simulation "+line)
		}
	}
	return lines
}
