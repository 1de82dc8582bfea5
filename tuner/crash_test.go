package tuner

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs/ipvstest"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/limits"
)

// mortal is a director at which the tuner ends at some call: at a reading of
// the table, which is before the state is saved, or at a write, of which each
// server's is one. It notes the weights at each reading of the table.
type mortal struct {
	*busyDirector
	last int // call; 0 is none
	end  func()

	calls, edits int
	read         [][]uint32
}

func (d *mortal) call() {
	if d.calls++; d.calls == d.last {
		d.end()
	}
}

func (d *mortal) Table() (*ipvs.Table, error) {
	d.call()
	d.read = append(d.read, d.weights())
	return d.busyDirector.Table()
}

func (d *mortal) EditServers(id ipvs.ServiceID, edits []ipvs.ServerEdit) []ipvs.Edited {
	var results []ipvs.Edited
	for _, e := range edits {
		d.call()
		d.edits++
		results = append(results, d.busyDirector.EditServers(id, []ipvs.ServerEdit{e})...)
	}
	return results
}

func (d *mortal) SetScheduler(id ipvs.ServiceID, to ipvs.Scheduling) (bool, error) {
	d.call()
	return d.busyDirector.SetScheduler(id, to)
}

// crash is the panic that ends a loop.
type crash struct{}

// run runs a loop until the time is over or the loop ends, and reports whether
// it crashed.
func (d *mortal) run(t *testing.T, c Config, length time.Duration) (crashed bool) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), length)
	defer stop()
	defer func() {
		if p := recover(); p != nil {
			if p != (crash{}) {
				panic(p)
			}
			crashed = true
		}
	}()
	d.end = func() { panic(crash{}) }
	if c.OnExit == RestoreAtExit {
		d.end = stop
	}
	l := &Loop{Config: c, Netns: OwnNetns(d), Metrics: NewMetrics(), Logger: zap.NewNop()}
	if err := l.Run(ctx); err != nil {
		t.Error(err)
	}
	return false
}

// described is a table as far as the tuner writes to it.
func described(t *testing.T, d Director) string {
	t.Helper()
	table, err := d.Table()
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, v := range table.Services {
		text += fmt.Sprintln(v.ID, v.Scheduling())
		for _, s := range byIdentity(v.Servers, new([]ipvs.RealServer)) {
			text += fmt.Sprintln(s.ID, s.Weight, s.UpperThreshold, s.LowerThreshold)
		}
	}
	return text
}

// expectRestorable wants a copy of the director to be as before once it is
// restored by what the state file says.
func (d *mortal) expectRestorable(t *testing.T, when, file, before string) {
	t.Helper()
	states, err := LoadStates(file)
	if err != nil {
		t.Errorf("%s: %v", when, err)
		return
	}
	table, err := d.busyDirector.Table()
	if err != nil {
		t.Fatal(err)
	}
	copied := ipvstest.NewDirector()
	for _, v := range table.Services {
		copied.AddService(v)
	}
	shown := restored(t, copied, states[""], true)
	did := restored(t, copied, states[""], false)
	if after := described(t, copied); after != before || !slices.Equal(shown, did) {
		t.Errorf("%s: restored to\n%sand not\n%sby %q, having shown %q", when, after, before, did, shown)
	}
}

// expectNoJump wants each decision to have changed each share by no more than
// is allowed.
func (d *mortal) expectNoJump(t *testing.T, when string, ratio float64) {
	t.Helper()
	for i := 1; i < len(d.read); i++ {
		before, after := SharesOf(d.read[i-1]), SharesOf(d.read[i])
		for s := range before {
			if math.Abs(after[s]-before[s]) > ratio*before[s]+1e-9 {
				t.Errorf("%s: weights went from %v to %v in one decision", when, d.read[i-1], d.read[i])
			}
		}
	}
}

// mortalConfig has all that the tuner writes: a scheduler, weights, and
// thresholds, between two decisions too.
func mortalConfig(file string, exit ExitAction) Config {
	c := plantConfig()
	c.StateFile, c.OnExit = file, exit
	c.Services[0].Scheduler = "wrr"
	c.Services[0].Thresholds.Policy = limits.Concurrency
	return c
}

// The tuner ends at each point of its life that another program could tell
// from the one before: killed, or told to stop and put all back. What the state
// file says then is enough to have all as before; a tuner that begins there goes
// on without a jump.
func TestEndAtAnyPoint(t *testing.T) {
	for _, exit := range []ExitAction{KeepAtExit, RestoreAtExit} {
		t.Run(string(exit), func(t *testing.T) {
			folder, edits := t.TempDir(), 0
			for last, ended := 1, true; ended; last++ {
				c := mortalConfig(filepath.Join(folder, fmt.Sprint(last)), exit)
				when := fmt.Sprint("at call ", last)
				synctest.Test(t, func(t *testing.T) {
					d := &mortal{busyDirector: newBusyDirector("rr", 0.2, 0.2, 0.8), last: last}
					d.Update(plantService, plantServer(1), func(s *ipvs.RealServer) { s.Weight, s.UpperThreshold, s.LowerThreshold = 2, 5000, 4000 })
					before := described(t, d.busyDirector)
					crashed := d.run(t, c, 2*time.Minute)
					ended, edits = d.calls >= last, d.edits
					if crashed != (ended && exit == KeepAtExit) {
						t.Errorf("%s: crashed %t", when, crashed)
					}
					if after := described(t, d.busyDirector); exit == RestoreAtExit && after != before {
						t.Errorf("%s: it left\n%s", when, after)
					}
					d.expectRestorable(t, when, c.StateFile, before)
					d.last, d.read = 0, nil
					d.run(t, mortalConfig(c.StateFile, KeepAtExit), 25*time.Second)
					d.expectRestorable(t, when+" and after another run", c.StateFile, before)
					d.expectNoJump(t, when, c.Services[0].Weights.MaxChangeRatio)
				})
			}
			if edits < 20 {
				t.Errorf("only %d writes", edits)
			}
		})
	}
}
