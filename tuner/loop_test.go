package tuner

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/limits"
)

// bench is a loop that runs in a bubble.
type bench struct {
	*Loop
	director *busyDirector
	logs     *observer.ObservedLogs
}

// onBench runs a test in a bubble beside a running loop, with a decision every
// 10 s from the first instant on. setUp may change the loop before it runs.
func onBench(t *testing.T, setUp func(*bench), test func(t *testing.T, b *bench)) {
	state := filepath.Join(t.TempDir(), "state.json")
	synctest.Test(t, func(t *testing.T) {
		core, logs := observer.New(zap.InfoLevel)
		d := newBusyDirector("wrr", 0.2, 0.2, 0.8)
		cfg := plantConfig()
		cfg.StateFile = state
		b := &bench{&Loop{Config: cfg, Netns: OwnNetns(d), Metrics: NewMetrics(), Logger: zap.New(core)}, d, logs}
		setUp(b)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- b.Run(ctx) }()
		synctest.Wait()
		test(t, b)
		stop()
		if err := <-done; err != nil {
			t.Errorf("run ended with %v", err)
		}
	})
}

func asItIs(*bench) {}

// decisions lets n further decisions pass.
func (b *bench) decisions(n int) {
	time.Sleep(time.Duration(n)*b.Config.Interval + SampleInterval/2)
	synctest.Wait()
}

func (b *bench) errors() []string {
	var messages []string
	for _, entry := range b.logs.FilterLevelExact(zap.ErrorLevel).All() {
		messages = append(messages, entry.Message)
	}
	return messages
}

func TestLoopTunes(t *testing.T) {
	onBench(t, asItIs, func(t *testing.T, b *bench) {
		if got := b.LastPlan(); len(got.Services) != 1 || got.Services[0].Code != CodeNoObservations {
			t.Errorf("first plan: got %+v", got)
		}
		b.decisions(1)
		if samples, _ := b.director.asked(); samples < 45 {
			t.Errorf("sampled %d times in a period", samples)
		}
		b.decisions(29)
		shares := SharesOf(b.director.weights())
		if shares[2] > 1.5*leastOfEqual/3 || shares[0] != shares[1] {
			t.Errorf("after 30 periods the weights are %v", b.director.weights())
		}
		_, edits := b.director.asked()
		if !slices.IsSortedFunc(edits[:3], ipvs.ServerID.Compare) {
			t.Errorf("edits out of order: %v", edits[:3])
		}
		writes := b.director.Writes()
		b.decisions(30)
		if more := b.director.Writes() - writes; more > 0 {
			t.Errorf("%d writes after it had settled", more)
		}
		if got := testutil.ToFloat64(b.Metrics.writes); got != float64(writes) {
			t.Errorf("counted %v writes of %d", got, writes)
		}
		if s, err := LoadStates(b.Config.StateFile); err != nil || len(s[""].Services[plantService].Servers) != 3 {
			t.Errorf("saved %+v, %v", s, err)
		}
		if got := b.errors(); len(got) > 0 {
			t.Errorf("logged errors %v", got)
		}
	})
}

func TestDryRunWritesNothing(t *testing.T) {
	onBench(t, func(b *bench) { b.Config.DryRun = true }, func(t *testing.T, b *bench) {
		b.decisions(3)
		if s := b.LastPlan().Services[0]; s.Action != Apply {
			t.Errorf("got %+v", s)
		}
		if _, edits := b.director.asked(); len(edits) > 0 {
			t.Errorf("edited %v", edits)
		}
		if _, err := os.Stat(b.Config.StateFile); !os.IsNotExist(err) {
			t.Errorf("state file: %v", err)
		}
	})
}

func TestLoopOutlivesTheKernel(t *testing.T) {
	onBench(t, func(b *bench) { b.director.Fail(ipvs.ErrNotSupported) }, func(t *testing.T, b *bench) {
		b.decisions(3)
		if got, want := b.errors(), []string{"read the table"}; !slices.Equal(got, want) {
			t.Errorf("logged %v, want %v", got, want)
		}
		if got := testutil.ToFloat64(b.Metrics.sourceErrors.WithLabelValues(string(Connections))); got != 4 {
			t.Errorf("counted %v failures", got)
		}
		if got := testutil.ToFloat64(b.Metrics.lastSuccess); got != 0 {
			t.Errorf("last success at %v", got)
		}
		b.director.Fail(nil)
		b.decisions(20)
		if b.director.weights()[2] >= b.director.weights()[0] {
			t.Errorf("weights are %v", b.director.weights())
		}
		b.director.Fail(ipvs.ErrNotSupported)
		b.decisions(2)
		if got, want := b.errors(), []string{"read the table", "read the table"}; !slices.Equal(got, want) {
			t.Errorf("logged %v, want %v", got, want)
		}
	})
}

// What is true of all servers is told once, and works again with the first write.
func TestWritesRefusedAlike(t *testing.T) {
	for what, refusal := range map[string]error{"write the table": ipvs.ErrNotPermitted, "write the real server": ipvs.ErrNoService} {
		t.Run(what, func(t *testing.T) {
			refuse := func(b *bench, err error) {
				for i := range b.director.latency {
					b.director.FailEdits(plantServer(i), err)
				}
			}
			onBench(t, func(b *bench) { refuse(b, refusal) }, func(t *testing.T, b *bench) {
				b.decisions(5)
				refuse(b, nil)
				b.decisions(5)
				if got := b.errors(); !slices.Equal(got, []string{what}) {
					t.Errorf("logged %v", got)
				}
				if n := b.logs.FilterMessage(what + ": works again").Len(); n != 1 {
					t.Errorf("it works again %d times", n)
				}
			})
		})
	}
}

func TestFailedWrites(t *testing.T) {
	onBench(t, asItIs, func(t *testing.T, b *bench) {
		bad := plantServer(0)
		b.director.FailEdits(bad, ipvs.ErrNoServer)
		b.decisions(1)
		s := b.LastPlan().Services[0].Servers
		if s[0].Weight != 1 || !strings.Contains(s[0].Reason.String(), "not written: ipvs: edit of 10.0.1.1:80") {
			t.Errorf("failed write: got %+v", s[0])
		}
		if b.director.weights()[1] == 1 {
			t.Errorf("the others were not written: %v", b.director.weights())
		}
		if got, want := b.errors(), []string{"write the real server"}; !slices.Equal(got, want) {
			t.Errorf("logged %v, want %v", got, want)
		}
		if testutil.ToFloat64(b.Metrics.writeErrors) == 0 {
			t.Error("counted no write errors")
		}
		b.director.FailEdits(bad, nil)
		b.decisions(20)
		if got := b.logs.FilterMessage("write the real server: works again").Len(); got != 1 {
			t.Errorf("logged the recovery %d times", got)
		}
	})
}

func TestSkippedServiceIsSaidOnce(t *testing.T) {
	onBench(t, func(b *bench) {
		b.director = newBusyDirector("rr", 0.2, 0.8)
		b.Netns = OwnNetns(b.director)
	}, func(t *testing.T, b *bench) {
		b.decisions(5)
		if got, want := b.errors(), []string{"tune"}; !slices.Equal(got, want) {
			t.Errorf("logged %v, want %v", got, want)
		}
		if samples, _ := b.director.asked(); samples > 0 {
			t.Errorf("sampled %d times", samples)
		}
	})
}

func TestStateThatCannotBeSaved(t *testing.T) {
	dangling := filepath.Join(t.TempDir(), "dangling")
	if err := os.Symlink("nowhere", dangling); err != nil {
		t.Fatal(err)
	}
	onBench(t, func(b *bench) { b.Config.StateFile = filepath.Join(dangling, "state.json") }, func(t *testing.T, b *bench) {
		b.decisions(5)
		if got, want := b.errors(), []string{"save the state"}; !slices.Equal(got, want) {
			t.Errorf("logged %v, want %v", got, want)
		}
		if _, edits := b.director.asked(); len(edits) > 0 {
			t.Errorf("edited %v, which could not be put back", edits)
		}
		if got := b.LastPlan().Services[0].Servers[0]; got.Weight != 1 || !strings.HasSuffix(got.Reason.String(), "; not written: the state cannot be saved") {
			t.Errorf("plans %+v", got)
		}
	})
}

func TestRunRefusesATornState(t *testing.T) {
	name := filepath.Join(t.TempDir(), "state.json")
	if err := os.WriteFile(name, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	l := &Loop{Config: Config{StateFile: name}}
	if err := l.Run(t.Context()); err == nil || !strings.Contains(err.Error(), name) {
		t.Errorf("got %v", err)
	}
}

// crowd has the first server of a bench need six times as long, no hang, from
// now on.
func (b *bench) crowd() {
	b.director.mutex.Lock()
	defer b.director.mutex.Unlock()
	b.director.latency[0] *= 6
}

func withThresholds(b *bench) {
	s := &b.Config.Services[0]
	s.Policy, s.Thresholds.Policy = Static, limits.Concurrency
}

func TestLoopFollowsACrowd(t *testing.T) {
	onBench(t, withThresholds, func(t *testing.T, b *bench) {
		b.decisions(10)
		b.director.Update(plantService, plantServer(0), func(s *ipvs.RealServer) {
			if s.UpperThreshold == 0 {
				t.Errorf("no thresholds after ten decisions: %+v", s)
			}
		})
		b.crowd()
		before, lines := b.director.Writes(), b.logs.Len()
		time.Sleep(b.Config.Interval / 2)
		synctest.Wait()
		more := b.director.Writes() - before
		if more == 0 {
			t.Error("nothing was written between two decisions")
		}
		// But for those of an early decision they are too many to be logged.
		if logged := b.logs.Len() - lines; logged >= more {
			t.Errorf("logged %d of %d writes: %v", logged, more, b.logs.All()[lines:])
		}
		if got := testutil.ToFloat64(b.Metrics.writes); got != float64(b.director.Writes()) {
			t.Errorf("counted %v writes of %d", got, b.director.Writes())
		}
	})
}

func TestDryRunLeavesTheThresholds(t *testing.T) {
	onBench(t, func(b *bench) { withThresholds(b); b.Config.DryRun = true }, func(t *testing.T, b *bench) {
		b.decisions(10)
		b.crowd()
		b.decisions(1)
		if _, edits := b.director.asked(); len(edits) > 0 {
			t.Errorf("edited %v", edits)
		}
	})
}
