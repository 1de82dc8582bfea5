//go:build lab

package e2e

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/director"
)

// expectEqualCounters wants all services and servers to have had as many
// connections in the kernel as in the simulation.
func (w *twin) expectEqualCounters() {
	w.Helper()
	w.patiently(func() []string {
		table, err := w.kernel.Table()
		if err != nil {
			w.Fatal(err)
		}
		return different(counters(table), counters(w.simulated.Table(w.now())))
	})
}

func counters(t *ipvs.Table) []string {
	lines := []string{fmt.Sprintf("all: %d", t.Director.Stats.Connections)}
	for _, s := range t.Services {
		lines = append(lines, fmt.Sprintf("%s: %d", s.ID, s.Stats.Connections))
		for _, r := range s.Servers {
			lines = append(lines, fmt.Sprintf("%s %s: %d", s.ID, r.ID, r.Stats.Connections))
		}
	}
	slices.Sort(lines)
	return lines
}

// The scheduler twos draws, so what the simulation chooses must be as often
// what the kernel chooses. Datagrams by themselves leave no connections, so
// all draws are among the same loads, which connections of TCP make.
func TestSimulatedTwos(t *testing.T) {
	if !slices.Contains(loadSchedulers(t), "twos") {
		t.Log("this kernel has no twos")
		return
	}
	const service, draws = "fwm/7", 4000
	var table strings.Builder
	addService(t, &table, service, "-s wlc -o")
	o := director.Options{Random: rand.New(rand.NewPCG(7, 7))}
	w := newTwin(t, "", o, strings.Replace(table.String(), "wlc", "twos", 1)).on(t)
	p := w.play(service, 300)
	p.load(0, 3, 1, 9, 2)
	for range draws {
		p.protocol = ipvs.UDP
		p.connect()
	}
	var kernel []ipvs.RealServer
	eventually(t, func() (err error) {
		kernel, err = w.kernel.Servers(p.service.ID())
		if n := total(kernel); err == nil && n != draws+15 {
			err = fmt.Errorf("%d connections", n)
		}
		return err
	})
	expectAlike(t, kernel, p.service.Servers(w.now()))
}

// load opens connections of TCP to the servers in turn, so many to each.
func (p *play) load(connections ...int) {
	p.Helper()
	weights := map[ipvs.ServerID]uint32{}
	none := uint32(0)
	for _, r := range p.service.Servers(p.now()) {
		weights[r.ID] = r.Weight
		p.edit(p.service, r.ID, ipvs.Edit{Weight: &none})
	}
	for i, r := range p.service.Servers(p.now()) {
		weight := weights[r.ID]
		p.edit(p.service, r.ID, ipvs.Edit{Weight: &weight})
		for range connections[i] {
			p.connect()
		}
		p.edit(p.service, r.ID, ipvs.Edit{Weight: &none})
	}
	for _, r := range p.service.Servers(p.now()) {
		weight := weights[r.ID]
		p.edit(p.service, r.ID, ipvs.Edit{Weight: &weight})
	}
}

func total(servers []ipvs.RealServer) (sum uint64) {
	for _, r := range servers {
		sum += r.Stats.Connections
	}
	return sum
}

// expectAlike wants two samples of choices among five servers to be of one
// distribution, by the chi-squared test of homogeneity. Its statistic of four
// degrees of freedom x is exceeded by chance with the probability
// (1 + x/2)·exp(−x/2): one in a million at 33.4.
func expectAlike(t *testing.T, kernel, simulated []ipvs.RealServer) {
	t.Helper()
	ratio := math.Sqrt(float64(total(simulated)) / float64(total(kernel)))
	x := 0.0
	for i := range kernel {
		k, s := float64(kernel[i].Stats.Connections), float64(simulated[i].Stats.Connections)
		x += math.Pow(k*ratio-s/ratio, 2) / (k + s)
		t.Logf("%s: kernel %.0f, simulation %.0f", kernel[i].ID, k, s)
	}
	if x > 33.4 {
		t.Errorf("chi-squared %.1f, want at most 33.4", x)
	}
}
