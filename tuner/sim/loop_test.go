package sim

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/limits"
)

// live is a run whose director is tuned from outside, by the clock: whenever it
// is asked, what is due by then happens first.
type live struct {
	run   *run
	start time.Time
	edits []edit
}

type edit struct {
	at     time.Duration
	server ipvs.ServerID
	weight uint32
	upper  uint32
}

// catchUp lets everything happen that comes before a decision made now.
func (l *live) catchUp() {
	now := time.Since(l.start)
	for {
		source, at := l.run.calendar.first()
		if at > now || at == now && source >= l.run.sources.control {
			l.run.now = now
			return
		}
		l.run.now = at
		if err := l.run.happen(source); err != nil {
			panic(err)
		}
	}
}

func (l *live) Table() (*ipvs.Table, error) {
	l.catchUp()
	return l.run.wire.director.Table(l.run.now), nil
}

func (l *live) Reuse(*ipvs.Table) {}

func (l *live) Servers(ipvs.ServiceID) ([]ipvs.RealServer, error) {
	l.catchUp()
	return l.run.service.Servers(l.run.now), nil
}

func (l *live) SetScheduler(ipvs.ServiceID, ipvs.Scheduling) (bool, error) {
	return false, errors.New("the scheduler stays")
}

func (l *live) EditServers(_ ipvs.ServiceID, edits []ipvs.ServerEdit) []ipvs.Edited {
	var results []ipvs.Edited
	for _, e := range edits {
		written, err := l.edit(e.Server, e.Edit)
		results = append(results, ipvs.Edited{Written: written, Err: err})
	}
	return results
}

func (l *live) edit(id ipvs.ServerID, e ipvs.Edit) (bool, error) {
	at := slices.IndexFunc(l.run.servers, func(s realServer) bool { return s.ID == id })
	written, err := l.run.edit(&l.run.servers[at], e)
	for _, s := range l.run.service.Servers(l.run.now) {
		if s.ID == id {
			l.edits = append(l.edits, edit{l.run.now, id, s.Weight, s.UpperThreshold})
		}
	}
	return written, err
}

// TestDecidesAsTheLoop has the daemon's own loop tune a simulated director, in
// real time of a fake clock, and compares what it writes and when with what a
// run of the same scenario writes.
func TestDecidesAsTheLoop(t *testing.T) {
	tests := []struct {
		name   string
		policy tuner.Policy
		events func(c *Config)
		early  bool // some decisions are
	}{
		{"a server is slow, another one out for a time", tuner.Equalize, func(c *Config) {
			slow := event(*c, 100*second, ChangeSpeed)
			slow.Speed = 0.5
			c.Events = []Event{slow, {At: 60 * second, Server: serverID(1), Action: CheckDown}, {At: 130 * second, Server: serverID(1), Action: CheckUp}}
		}, false},
		{"a server hangs, another one joins", tuner.Optimize, func(c *Config) {
			c.Servers[3].Absent = true
			c.Events = []Event{
				{At: 63500 * time.Millisecond, Server: serverID(1), Action: Hang},
				{At: 122 * second, Server: serverID(3), Action: Join},
			}
		}, true},
		{"a crowd comes to servers with thresholds", tuner.Equalize, func(c *Config) {
			c.Service.Scheduler = "wlc"
			c.Traffic.Surges = []Surge{{At: 60 * second, Last: 30 * time.Second, Factor: 2}}
			c.Tuner.Settings.Thresholds = limits.Settings{Policy: limits.Concurrency, Min: 10, Max: 1_000_000}
		}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := scenario("wrr", 250, 1, 1, 2, 1)
			test.events(&c)
			want := simulatedEdits(t, c, test.policy)
			if len(want) < 10 {
				t.Fatalf("only %d edits", len(want))
			}
			early := slices.ContainsFunc(want, func(e edit) bool { return e.at%c.Tuner.Interval != 0 })
			if early != test.early {
				t.Errorf("early decisions: %v", early)
			}
			loopWrites(t, c, test.policy, want)
		})
	}
}

// loopWrites has the loop tune a scenario's director, and compares.
func loopWrites(t *testing.T, c Config, policy tuner.Policy, want []edit) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r, err := newRun(c, Equal)
		if err != nil {
			t.Fatal(err)
		}
		l := &live{run: r, start: time.Now()}
		config := newControl(c, policy).config
		config.StateFile = filepath.Join(t.TempDir(), "state.json")
		loop := tuner.Loop{Config: config, Netns: tuner.OwnNetns(l), Metrics: tuner.NewMetrics(), Logger: zap.NewNop()}
		ctx, cancel := context.WithDeadline(context.Background(), l.start.Add(c.Duration-time.Nanosecond))
		defer cancel()
		if err := loop.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(l.edits, want) {
			t.Errorf("the loop wrote\n%v\nthe simulation\n%v", l.edits, want)
		}
	})
}

// simulatedEdits returns what the decisions of a run write.
func simulatedEdits(t *testing.T, c Config, policy tuner.Policy) []edit {
	t.Helper()
	r, err := newRun(c, policy)
	if err != nil {
		t.Fatal(err)
	}
	var edits []edit
	for {
		source, at := r.calendar.first()
		if at >= c.Duration {
			return edits
		}
		r.now = at
		before := r.service.Servers(at)
		if err := r.happen(source); err != nil {
			t.Fatal(err)
		}
		if source == r.sources.control {
			edits = append(edits, differences(at, before, r.service.Servers(at))...)
		}
	}
}

// differences returns the edits that lead from one list of servers to another,
// in the order of a plan.
func differences(at time.Duration, before, after []ipvs.RealServer) []edit {
	var edits []edit
	for i, s := range after {
		if s.Weight != before[i].Weight || s.UpperThreshold != before[i].UpperThreshold {
			edits = append(edits, edit{at, s.ID, s.Weight, s.UpperThreshold})
		}
	}
	slices.SortFunc(edits, func(a, b edit) int { return a.server.Compare(b.server) })
	return edits
}
