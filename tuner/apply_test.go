package tuner

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// A weight that somebody has set since the table was read stays; so does what
// the server has besides.
func TestApplyLeavesAWeightThatChanged(t *testing.T) {
	var line ServerPlan
	line.leave(&ipvs.RealServer{ID: plantServer(0), Weight: 90, UpperThreshold: 500, LowerThreshold: 400})
	line.Weight, line.UpperThreshold = 120, 600
	plan := ServicePlan{Service: plantService, Action: Apply, Servers: []ServerPlan{line}}
	got, l, _, ok := applied(t, &plan)
	if want := (ipvs.RealServer{ID: plantServer(0), Weight: 100, UpperThreshold: 500, LowerThreshold: 400}); got != want || ok {
		t.Errorf("done %t, left %+v", ok, got)
	}
	const why = "; not written: ipvs: edit of 10.0.1.1:80 in tcp/10.0.0.1:80: the weight has changed: it is 100, not 90"
	if reason := plan.Servers[0].Reason.String(); !strings.HasSuffix(reason, why) || testutil.ToFloat64(l.Metrics.writeErrors) != 1 {
		t.Errorf("reason %q", reason)
	}
}

// applied carries out a plan on a director whose one server has the weight 100
// and the thresholds 500 and 400.
func applied(t *testing.T, p *ServicePlan) (after ipvs.RealServer, l *Loop, logs *observer.ObservedLogs, ok bool) {
	t.Helper()
	d := watched(ipvs.VirtualService{ID: plantService, Scheduler: "rr",
		Servers: []ipvs.RealServer{{ID: plantServer(0), Weight: 100, UpperThreshold: 500, LowerThreshold: 400}}})
	core, logs := observer.New(zap.InfoLevel)
	l = &Loop{Metrics: NewMetrics(), Logger: zap.New(core), alarms: newAlarms(zap.New(core))}
	ok = l.apply(turn{Netns: Netns{File: "/run/netns/blue", Director: d}}, p, nil)
	servers, err := d.Servers(plantService)
	if err != nil {
		t.Fatal(err)
	}
	return servers[0], l, logs, ok
}

func TestApplyWritesWhatDiffers(t *testing.T) {
	tests := []struct {
		name                 string
		weight, upper, lower uint32
		writes               float64
	}{
		{"nothing", 100, 500, 400, 0},
		{"weight", 120, 500, 400, 1},
		{"upper below the lower that was", 100, 300, 200, 1},
		{"lower above the upper that was", 100, 900, 800, 1},
		{"lower alone", 100, 500, 100, 1},
		{"none any more", 100, 0, 0, 1},
		{"all", 7, 600, 500, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var line ServerPlan
			line.leave(&ipvs.RealServer{ID: plantServer(0), Weight: 100, UpperThreshold: 500, LowerThreshold: 400})
			line.Weight, line.UpperThreshold, line.LowerThreshold = test.weight, test.upper, test.lower
			got, l, logs, ok := applied(t, &ServicePlan{Service: plantService, Action: Apply, Servers: []ServerPlan{line}})
			want := ipvs.RealServer{ID: plantServer(0), Weight: test.weight, UpperThreshold: test.upper, LowerThreshold: test.lower}
			if got != want || !ok {
				t.Errorf("done %t, left %+v, want %+v", ok, got, want)
			}
			if n := testutil.ToFloat64(l.Metrics.writes); n != test.writes || logs.FilterMessage("written").Len() != int(n) {
				t.Errorf("counted %v writes, logged %v", n, logs.All())
			}
		})
	}
}

func TestApplyLogsWhatChanges(t *testing.T) {
	var line ServerPlan
	line.leave(&ipvs.RealServer{ID: plantServer(0), Weight: 100, UpperThreshold: 500, LowerThreshold: 400})
	line.UpperThreshold = 600
	_, _, logs, _ := applied(t, &ServicePlan{Service: plantService, Servers: []ServerPlan{line}})
	got := logs.FilterMessage("written").All()[0].ContextMap()
	if got["upper_threshold"] != "500 -> 600" || got["weight"] != nil || got["lower_threshold"] != nil || got["netns"] != "blue" {
		t.Errorf("logged %v", got)
	}
}

func TestApplySaysWhatWasNotWritten(t *testing.T) {
	var line ServerPlan
	line.leave(&ipvs.RealServer{ID: plantServer(0), Weight: 100, UpperThreshold: 500, LowerThreshold: 400})
	line.Weight, line.LowerThreshold = 120, 501
	p := &ServicePlan{Service: plantService, Action: Apply, Servers: []ServerPlan{line}, Scheduler: "fastest", PreviousScheduler: "rr"}
	_, l, _, ok := applied(t, p)
	s := p.Servers[0]
	if ok || s.Weight != 100 || s.LowerThreshold != 400 || !strings.Contains(s.Reason.String(), "; not written: ipvs: edit of 10.0.1.1:80") {
		t.Errorf("done %t, server %+v", ok, s)
	}
	if p.Scheduler != "" || p.PreviousScheduler != "" || !strings.Contains(p.Reason, "; not written: ipvs: set scheduler") {
		t.Errorf("service %+v", p)
	}
	if got := testutil.ToFloat64(l.Metrics.writeErrors); got != 2 {
		t.Errorf("counted %v errors", got)
	}
}
