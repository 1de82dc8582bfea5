package tuner

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/zap"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/golden"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/limits"
)

// auditLines reads an audit log.
func auditLines(t *testing.T, text []byte) []auditLine {
	t.Helper()
	var lines []auditLine
	for line := range strings.Lines(string(text)) {
		var a auditLine
		if err := json.Unmarshal([]byte(line), &a); err != nil || !strings.HasSuffix(line, "\n") {
			t.Fatalf("line %q: %v", line, err)
		}
		lines = append(lines, a)
	}
	return lines
}

// A line of each kind.
func TestAuditGolden(t *testing.T) {
	var log bytes.Buffer
	service := ipvs.VirtualService{ID: plantService, Scheduler: "mh", Servers: []ipvs.RealServer{
		{ID: plantServer(0), Weight: 100, UpperThreshold: 500, LowerThreshold: 400}, {ID: plantServer(1), Weight: 7}, {ID: plantServer(2), Weight: 9}}}
	d := watched(service)
	d.FailEdits(plantServer(1), ipvs.ErrNoServer)
	table, err := d.Table()
	if err != nil {
		t.Fatal(err)
	}
	l := &Loop{Metrics: NewMetrics(), Logger: zap.NewNop(), alarms: newAlarms(zap.NewNop()), auditor: auditor{to: &log}}
	at := turn{Netns: Netns{File: "/run/netns/blue", Director: d}, plan: Plan{Time: after(0)}, inputs: &inputs{table: table}}
	l.apply(at, &ServicePlan{Service: plantService, Policy: Optimize, Action: Apply, Code: CodeGain, Reason: "saves 12 %", Scheduler: "wrr", PreviousScheduler: "mh",
		Servers: []ServerPlan{
			{Server: plantServer(0), Weight: 120, PreviousWeight: 100, UpperThreshold: 90, PreviousUpperThreshold: 500, LowerThreshold: 90, PreviousLowerThreshold: 400,
				Reason: Reason{looks: looksInLatency, ratio: 0.5}},
			{Server: plantServer(1), Weight: 3, PreviousWeight: 7, Reason: Reason{looks: looksFailing, source: "a <probe>"}},
			{Server: plantServer(2), Weight: 9, PreviousWeight: 9},
		}}, nil)
	l.apply(at, &ServicePlan{Service: plantService, Action: Hold, Code: CodeSettled}, nil)
	for i, upper := range []uint32{95, 97} {
		l.limit(at, plantService, []ServerPlan{{Server: plantServer(0), Weight: 120, PreviousWeight: 120,
			UpperThreshold: upper, PreviousUpperThreshold: 90 + 5*uint32(i), LowerThreshold: upper, PreviousLowerThreshold: 90 + 5*uint32(i)}}, after(float64(1+i)))
	}
	l.auditAll()
	l.states = States{"/run/netns/blue": {Baseline: baselines{plantService: {
		Scheduling: kept[ipvs.Scheduling]{ipvs.Scheduling{Scheduler: "mh"}, wrr, wrr},
		Servers:    servers(serverBaseline{Weight: kept[uint32]{100, 120, 120}}),
	}}}}
	synctest.Test(t, func(t *testing.T) {
		if err := l.restore(at.Netns, time.Now()); err != nil {
			t.Fatal(err)
		}
	})
	digests := regexp.MustCompile(`"inputs_sha256":"[0-9a-f]{64}"`)
	if found := digests.FindAll(log.Bytes(), -1); len(found) != 1 {
		t.Errorf("%d digests of inputs", len(found))
	}
	golden.Expect(t, "audit.jsonl", digests.ReplaceAll(log.Bytes(), []byte(`"inputs_sha256":"0"`)))
}

// What the log says, one change after the other, is what becomes of the table,
// and between two decisions there is a line a second at most.
func TestAuditTellsAll(t *testing.T) {
	var log bytes.Buffer
	model := map[string]uint32{}
	key := func(s ipvs.ServerID, what string) string { return s.String() + " " + what }
	onBench(t, func(b *bench) {
		b.Audit, b.Config.OnExit = &log, RestoreAtExit
		b.Config.Services[0].Thresholds.Policy = limits.Concurrency
		for i := range 3 {
			model[key(plantServer(i), "weight")] = 1
		}
	}, func(t *testing.T, b *bench) {
		b.decisions(10)
		b.crowd()
		b.decisions(20)
	})
	last, actions := time.Time{}, map[Action]int{}
	for _, line := range auditLines(t, log.Bytes()) {
		actions[line.Action]++
		if line.Service != plantService || (line.Action == Apply || line.Action == Hold) != (len(line.Inputs) == 64) || line.Time.IsZero() || line.Reason == "" {
			t.Errorf("line %+v", line)
		}
		if line.Action == auditLimit {
			if !last.IsZero() && line.Time.Sub(last) < LookInterval-SampleInterval {
				t.Errorf("lines about thresholds at %v and %v", last, line.Time)
			}
			last = line.Time
		}
		for _, c := range line.Changes {
			for what, change := range map[string]audited[uint32]{"weight": c.Weight, "upper": c.UpperThreshold, "lower": c.LowerThreshold} {
				if at := key(c.Server, what); change != (audited[uint32]{}) {
					if model[at] != change.Before || c.Error != "" {
						t.Errorf("%v: %s was %d, and %+v is said", line.Time, at, model[at], c)
					}
					model[at] = change.After
				}
			}
		}
	}
	if actions[Apply] < 2 || actions[auditLimit] < 2 || actions[auditRestore] != 1 {
		t.Errorf("lines by action: %v", actions)
	}
	for at, value := range model {
		if want := map[bool]uint32{true: 1}[strings.HasSuffix(at, "weight")]; value != want {
			t.Errorf("at last %s is %d, not %d", at, value, want)
		}
	}
}

// flawed takes so many bytes and no more.
type flawed struct {
	bytes.Buffer
	room int
}

func (f *flawed) Write(b []byte) (int, error) {
	n := min(f.room, len(b))
	f.room -= n
	_, _ = f.Buffer.Write(b[:n])
	if n < len(b) {
		return n, errors.New("disk full")
	}
	return n, nil
}

func TestAuditLogThatCannotBeWritten(t *testing.T) {
	log := &flawed{room: 100}
	onBench(t, func(b *bench) { b.Audit = log }, func(t *testing.T, b *bench) {
		b.decisions(3)
		if got := b.errors(); !slices.Equal(got, []string{"write the audit log"}) {
			t.Errorf("logged %v", got)
		}
		if got := testutil.ToFloat64(b.Metrics.auditErrors); got < 2 || b.director.Writes() < 2 {
			t.Errorf("counted %v lines that could not be written, of %d writes", got, b.director.Writes())
		}
		log.room = math.MaxInt
		b.crowd()
		b.decisions(10)
		if got := b.logs.FilterMessage("write the audit log: works again").Len(); got != 1 {
			t.Errorf("logged the recovery %d times", got)
		}
	})
	torn, rest, _ := bytes.Cut(log.Bytes(), []byte("\n"))
	if len(torn) != 100 || len(auditLines(t, rest)) == 0 {
		t.Errorf("wrote %s", log.Bytes())
	}
}

func TestDigestOfInputs(t *testing.T) {
	other := ipvs.MarkService(ipvs.IPv4, 7)
	of := func(change func(*inputs)) string {
		in := inputs{
			table: newPlant(1, 60, 40, 40).table(),
			state: State{Services: map[ipvs.ServiceID]serviceState{plantService: {Servers: []serverState{{ID: plantServer(0), Share: 0.5}}}, other: {}}},
			observations: []Observation{
				{Service: plantService, Server: plantServer(1), LatencySeconds: new(math.NaN())},
				{Service: plantService, Server: plantServer(0), LatencySeconds: new(0.2)},
				{Service: other, Server: plantServer(0), LatencySeconds: new(0.2)}},
		}
		change(&in)
		return in.digest(plantService)
	}
	same := of(func(*inputs) {})
	for name, change := range map[string]func(*inputs){
		"another service's observation": func(in *inputs) { in.observations[2].LatencySeconds = new(0.3) },
		"another service's state":       func(in *inputs) { in.state.Services[other] = serviceState{Noise: 2} },
		"another order":                 func(in *inputs) { slices.Reverse(in.observations) },
		"after a step": func(in *inputs) {
			Step(plantConfig(), in.state, in.table, in.observations, after(0))
		},
	} {
		if of(change) != same {
			t.Errorf("%s gives another digest", name)
		}
	}
	for name, change := range map[string]func(*inputs){
		"weight":      func(in *inputs) { in.table.Services[0].Servers[0].Weight++ },
		"connections": func(in *inputs) { in.table.Services[0].Servers[1].ActiveConnections++ },
		"observation": func(in *inputs) { in.observations[1].LatencySeconds = new(0.3) },
		"source":      func(in *inputs) { in.observations[0].Source = "prom" },
		"state":       func(in *inputs) { in.state.Services[plantService].Servers[0].Share = 0.4 },
		"baseline": func(in *inputs) {
			in.state.Baseline = baselines{plantService: {Servers: servers(serverBaseline{Weight: kept[uint32]{1, 2, 2}})}}
		},
	} {
		if of(change) == same {
			t.Errorf("another %s gives the same digest", name)
		}
	}
}
