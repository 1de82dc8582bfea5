package tuner

import (
	"reflect"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

func TestKept(t *testing.T) {
	type step struct{ found, wanted uint32 }
	tests := []struct {
		name  string
		steps []step
		want  kept[uint32]
	}{
		{"never touched", []step{{100, 100}, {100, 100}}, kept[uint32]{100, 100, 100}},
		{"about to be written", []step{{100, 120}}, kept[uint32]{100, 100, 120}},
		{"written", []step{{100, 120}, {120, 130}}, kept[uint32]{100, 120, 130}},
		{"not written after all", []step{{100, 120}, {100, 130}}, kept[uint32]{100, 100, 130}},
		{"the second not written after all", []step{{100, 120}, {120, 130}, {120, 140}}, kept[uint32]{100, 120, 140}},
		{"somebody else's", []step{{100, 120}, {50, 50}}, kept[uint32]{50, 50, 50}},
		{"somebody else's, tuned on", []step{{100, 120}, {50, 60}, {60, 60}}, kept[uint32]{50, 60, 60}},
		{"made quiescent by somebody", []step{{100, 120}, {0, 0}}, kept[uint32]{0, 0, 0}},
		{"back where it was", []step{{100, 120}, {120, 100}, {100, 100}}, kept[uint32]{100, 100, 100}},
		{"new and quiescent", []step{{0, 0}}, kept[uint32]{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var k kept[uint32]
			for _, s := range test.steps {
				k = k.step(s.found, s.wanted, false)
			}
			if k != test.want {
				t.Errorf("got %+v, want %+v", k, test.want)
			}
		})
	}
}

// planned is the plan that gives the plant's servers these weights.
func planned(table *ipvs.Table, weights ...uint32) Plan {
	p := ServicePlan{Service: plantService, Action: Apply}
	for i, s := range table.Services[0].Servers {
		var line ServerPlan
		line.leave(&s)
		line.Weight = weights[i]
		p.Servers = append(p.Servers, line)
	}
	return Plan{Services: []ServicePlan{p}}
}

func TestBaselineHasWhatWasTouched(t *testing.T) {
	p := newPlant(1, 60, 40, 40, 40)
	touched := baselines{plantService: {
		Scheduling: kept[ipvs.Scheduling]{wrr, wrr, wrr},
		Servers:    []serverBaseline{{Server: plantServer(1), Weight: kept[uint32]{1, 1, 5}}},
	}}
	empty := &ipvs.Table{}
	shorter := newPlant(1, 60, 40).table()
	tests := []struct {
		name  string
		known baselines
		table *ipvs.Table
		plan  Plan
		want  baselines
	}{
		{"nothing", nil, p.table(), planned(p.table(), 1, 1, 1), baselines{}},
		{"one server", nil, p.table(), planned(p.table(), 1, 5, 1), touched},
		{"tuned no more", touched, p.table(), Plan{}, touched},
		{"service gone", touched, empty, Plan{}, baselines{}},
		{"server gone", touched, shorter, planned(shorter, 1), baselines{}},
		{"server gone, tuned no more", touched, shorter, Plan{}, baselines{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.known.step(test.table, test.plan); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

var wrr = ipvs.Scheduling{Scheduler: "wrr"}
