package tuner

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs/ipvstest"
)

// slow is a director that takes its time for edits.
type slow struct {
	*ipvstest.Director
	edit time.Duration
}

func (d slow) EditServers(id ipvs.ServiceID, edits []ipvs.ServerEdit) []ipvs.Edited {
	time.Sleep(d.edit)
	return d.Director.EditServers(id, edits)
}

// A loop that is told to stop at once, with a state by which the weights 1 of
// the services with the marks 1 to 3 were 5.
func TestExit(t *testing.T) {
	all, none := []uint32{5, 5, 5}, []uint32{1, 1, 1}
	tests := []struct {
		name       string
		setUp      func(*Loop, *slow)
		after      []uint32
		left       int // services that are to be put back still
		wantErrors []string
	}{
		{"keep", func(l *Loop, _ *slow) { l.Config.OnExit = KeepAtExit }, none, 3, nil},
		{"dry run", func(l *Loop, _ *slow) { l.Config.DryRun = true }, none, 3, nil},
		{"not to be had", func(l *Loop, d *slow) {
			l.Netns = func() ([]Netns, error) {
				return []Netns{{Director: d, Lock: func() (io.Closer, error) { return nil, ipvs.ErrLocked }}}, nil
			}
		}, none, 3, []string{"put back what stood before"}},
		{"unreadable", func(_ *Loop, d *slow) { d.Fail(ipvs.ErrNotSupported) }, none, 3, []string{"put back what stood before"}},
		{"not listed", func(l *Loop, d *slow) {
			l.Netns = func() ([]Netns, error) { return []Netns{{Director: d}}, errors.New("not permitted") }
		}, all, 0, []string{"list the network namespaces"}},
		{"unwritable", func(_ *Loop, d *slow) { d.FailEdits(plantServer(1), ipvs.ErrNotPermitted) }, []uint32{5, 1, 5}, 1, []string{"put back"}},
		{"slow", func(_ *Loop, d *slow) { d.edit = exitTime * 2 / 3 }, []uint32{5, 5, 1}, 1, []string{"put back what stood before"}},
		{"restore", func(*Loop, *slow) {}, all, 0, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, state := &slow{Director: ipvstest.NewDirector()}, State{Baseline: baselines{}}
			for i := range 3 {
				id := ipvs.MarkService(ipvs.IPv4, uint32(1+i))
				d.AddService(ipvs.VirtualService{ID: id, Scheduler: "wrr", Servers: []ipvs.RealServer{{ID: plantServer(i), Weight: 1}}})
				state.Baseline[id] = baseline{Servers: []serverBaseline{{Server: plantServer(i), Weight: kept[uint32]{5, 1, 1}}}}
			}
			core, logs := observer.New(zap.ErrorLevel)
			l := &Loop{Config: plantConfig(), Netns: OwnNetns(d), Metrics: NewMetrics(), Logger: zap.New(core)}
			l.Config.Services[0].Match = "tcp/*" // none of those: they are tuned no more
			l.Config.StateFile, l.Config.OnExit = t.TempDir()+"/state.json", RestoreAtExit
			if err := SaveStates(l.Config.StateFile, States{"": state}); err != nil {
				t.Fatal(err)
			}
			test.setUp(l, d)
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				stop()
				if err := l.Run(ctx); errors.Is(err, ipvs.ErrLocked) {
					l.exit() // as if it had been taken later
				} else if err != nil {
					t.Error(err)
				}
			})
			d.Fail(nil)
			var after []uint32
			for i := range 3 {
				s, err := d.Servers(ipvs.MarkService(ipvs.IPv4, uint32(1+i)))
				if err != nil {
					t.Fatal(err)
				}
				after = append(after, s[0].Weight)
			}
			saved, err := LoadStates(l.Config.StateFile)
			if err != nil || !slices.Equal(after, test.after) || len(saved[""].Baseline) != test.left {
				t.Errorf("weights %v, %d services left to put back, error %v", after, len(saved[""].Baseline), err)
			}
			var got []string
			for _, entry := range logs.All() {
				got = append(got, entry.Message)
			}
			if !slices.Equal(got, test.wantErrors) {
				t.Errorf("logged %v, want %v", got, test.wantErrors)
			}
		})
	}
}

// What was tuned is put back, and said. An ejected server is nobody's special
// case any more: when it is found with a weight of 0 later, it stays.
func TestExitAfterTuning(t *testing.T) {
	var b *bench
	onBench(t, func(of *bench) { b = of; b.Config.OnExit = RestoreAtExit }, func(t *testing.T, b *bench) {
		b.decisions(20)
		if slices.Equal(b.director.weights(), []uint32{1, 1, 1}) {
			t.Error("nothing was tuned")
		}
	})
	if got := b.director.weights(); !slices.Equal(got, []uint32{1, 1, 1}) {
		t.Errorf("left %v", got)
	}
	said := b.logs.FilterMessage("put back").All()
	if len(said) == 0 || !strings.Contains(said[0].ContextMap()["changes"].([]any)[0].(string), " -> 1") {
		t.Errorf("said %v", said)
	}

	out := serverState{ID: plantServer(1), Outage: outage{Since: stampOf(after(1)), Periods: 3}}
	was := serviceState{Servers: []serverState{{ID: plantServer(0)}, {ID: plantServer(2)}}, Out: []serverState{out}, Guard: guarding{Sum: 2}}
	now := was.welcome()
	quiescent := []ipvs.RealServer{{ID: plantServer(0), Weight: 1}, {ID: plantServer(1)}, {ID: plantServer(2), Weight: 1}}
	if len(now.Servers) != 3 || now.Out != nil || now.Guard.Sum != 0 || len(now.among(quiescent).Out) != 0 || len(was.among(quiescent).Out) != 1 {
		t.Errorf("got %+v", now)
	}
}
