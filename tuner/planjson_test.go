package tuner

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/golden"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/scaling"
)

// examplePlan has a service of each action.
func examplePlan() Plan {
	p := Plan{Time: after(0)}
	for _, s := range []situation{
		{weights: []uint32{100, 100, 0, 100}, latency: []float64{0.0123, 0, 0, 0.0511}},
		{weights: []uint32{2, 3}, latency: []float64{1.5, 1.51}},
		{scheduler: "rr", weights: []uint32{1, 1}},
		{},
	} {
		p.Services = append(p.Services, s.step())
	}
	for i := range p.Services {
		p.Services[i].Service.Address = plantServer(i).AddrPort
	}
	capacity, utilization, desired := 2600.0, 0.73, uint32(6)
	p.Services[0].Autoscaling = &scaling.Advice{Demand: 1898, Capacity: &capacity, Utilization: &utilization, Desired: &desired}
	p.Services[1].Autoscaling = &scaling.Advice{Demand: 50}
	s := &p.Services[0].Servers[0]
	s.CapacityRequestsPerSecond, s.UpperThreshold, s.LowerThreshold = capacity, 900, 900
	return p
}

func TestPlanGolden(t *testing.T) {
	var out bytes.Buffer
	if err := WritePlan(&out, examplePlan()); err != nil {
		t.Fatal(err)
	}
	golden.Expect(t, "plan.json", out.Bytes())
}

func TestPlanTextGolden(t *testing.T) {
	var out bytes.Buffer
	if err := WriteText(&out, examplePlan()); err != nil {
		t.Fatal(err)
	}
	golden.Expect(t, "plan.txt", out.Bytes())
}

func TestEmptyPlan(t *testing.T) {
	var text, object bytes.Buffer
	if err := WriteText(&text, Plan{}); err != nil || text.String() != "no virtual service matches the configuration\n" {
		t.Errorf("%v: got %q", err, text.String())
	}
	if err := WritePlan(&object, Plan{}); err != nil || !strings.Contains(object.String(), `"services": []`) {
		t.Errorf("%v: got %s", err, object.String())
	}
}
