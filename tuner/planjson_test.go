package tuner

import (
	"bytes"
	"strings"
	"testing"
)

func TestReadPlanMistakes(t *testing.T) {
	in := func(rest string) string { return `{"services": [{"service": "fwm/1", ` + rest + `}]}` }
	tests := []struct{ name, text, want string }{
		{"empty", "", "f: is not a JSON object"},
		{"unknown field", in(`"code": "x"`), `f:1: unknown field "code"`},
		{"no service", `{"services": [{}]}`, "f: services[0]: has no service"},
		{"unknown action", in(`"action": "wait"`), `f: fwm/1: action: "wait" is not apply, hold or skip`},
		{"service twice", `{"services": [{"service": "fwm/1", "action": "hold"}, {"service": "fwm/1", "action": "hold"}]}`, "f: fwm/1: is there twice"},
		{"no server", in(`"action": "hold", "servers": [{}]`), "f: fwm/1: servers[0]: has no server"},
		{"server twice", in(`"action": "hold", "servers": [{"server": "10.0.0.2:0"}, {"server": "10.0.0.2:0"}]`), "f: fwm/1: 10.0.0.2:0: is there twice"},
		{"change under hold", in(`"action": "hold", "servers": [{"server": "10.0.0.2:0", "weight": 2, "previous_weight": 1}]`),
			"f: fwm/1: 10.0.0.2:0: weight: 2 is not the previous 1, under hold"},
		{"share above 1", in(`"action": "hold", "servers": [{"server": "10.0.0.2:0", "share_ratio": 1.5}]`), "share_ratio: 1.5 is not from 0 to 1"},
		{"negative demand", in(`"action": "hold", "autoscaling": {"demand_requests_per_second": -1}`),
			"f: fwm/1: autoscaling: demand_requests_per_second: -1 is not from 0 to 1e+09"},
		{"negative servers", in(`"action": "hold", "autoscaling": {"desired_servers": -1}`), "f: fwm/1: autoscaling: desired_servers: -1 is below 0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := ReadPlan(strings.NewReader(test.text), "f")
			if err == nil {
				t.Fatalf("got %+v", got)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %q, want %q in it", err, test.want)
			}
		})
	}
}

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
	return p
}

func TestPlanGolden(t *testing.T) {
	var out, again bytes.Buffer
	if err := WritePlan(&out, examplePlan()); err != nil {
		t.Fatal(err)
	}
	golden(t, "plan.json", out.Bytes())
	p, err := ReadPlan(bytes.NewReader(out.Bytes()), "plan.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := WritePlan(&again, p); err != nil || again.String() != out.String() {
		t.Errorf("%v: read and written again it is\n%s", err, again.String())
	}
}

func TestPlanTextGolden(t *testing.T) {
	var out bytes.Buffer
	if err := WriteText(&out, examplePlan()); err != nil {
		t.Fatal(err)
	}
	golden(t, "plan.txt", out.Bytes())
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

func FuzzReadPlan(f *testing.F) {
	var out bytes.Buffer
	if err := WritePlan(&out, examplePlan()); err != nil {
		f.Fatal(err)
	}
	f.Add(out.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ReadPlan(bytes.NewReader(data), "f")
		if err != nil {
			return
		}
		var first, second bytes.Buffer
		if err := WritePlan(&first, p); err != nil {
			t.Fatal(err)
		}
		again, err := ReadPlan(bytes.NewReader(first.Bytes()), "again")
		if err != nil {
			t.Fatal(err)
		}
		if err := WritePlan(&second, again); err != nil || first.String() != second.String() {
			t.Errorf("%v: got\n%s\nthen\n%s", err, first.String(), second.String())
		}
		if err := WriteText(&second, p); err != nil {
			t.Error(err)
		}
	})
}
