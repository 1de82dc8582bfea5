package tuner

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"

	"go.uber.org/zap"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/limits"
)

// fakeLock is the lock of a director. While err is set it cannot be taken.
type fakeLock struct {
	mutex sync.Mutex
	err   error
	held  int
}

func (f *fakeLock) take() (io.Closer, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.err != nil {
		return nil, f.err
	}
	f.held++
	return f, nil
}

func (f *fakeLock) Close() error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.held--
	return nil
}

func (f *fakeLock) fail(err error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.err = err
}

func (f *fakeLock) holders() int {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.held
}

func TestSecondTunerStops(t *testing.T) {
	for file, want := range map[string]string{
		"":                "the program's own network namespace: weight-tuner is running on this director: stop it first",
		"/run/netns/blue": "network namespace blue: weight-tuner is running on this director: stop it first",
	} {
		d, free, taken := newBusyDirector("wrr", 0.2, 0.8), &fakeLock{}, &fakeLock{err: ipvs.ErrLocked}
		c := plantConfig()
		c.StateFile = t.TempDir() + "/state.json"
		there := c.Services[0]
		there.Netns = "/run/netns/*"
		c.Services = append(c.Services, there)
		l := &Loop{Config: c, Metrics: NewMetrics(), Logger: zap.NewNop(), Netns: func() ([]Netns, error) {
			return []Netns{{File: "/run/netns/free", Director: d, Lock: free.take}, {File: file, Director: d, Lock: taken.take}}, nil
		}}
		if err := l.Run(t.Context()); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
		if samples, edits := d.asked(); samples+len(edits)+free.holders() > 0 {
			t.Errorf("%d samples, edits %v, %d locks held", samples, edits, free.holders())
		}
	}
}

// A namespace that is found later and cannot be had is left alone, until it can.
func TestNamespaceThatAnotherTunes(t *testing.T) {
	const file = "/run/netns/blue"
	own, other := &fakeLock{}, &fakeLock{}
	var listed listing
	onBench(t, func(b *bench) {
		listed.set([]Netns{{Director: b.director, Lock: own.take}}, nil)
		b.Netns = listed.get
		there := DefaultService()
		there.Netns, there.Match = file, "*"
		b.Config.Services = append(b.Config.Services, there)
	}, func(t *testing.T, b *bench) {
		blue := newBusyDirector("wrr", 0.8, 0.2, 0.2)
		for _, err := range []error{ipvs.ErrLocked, errors.New("not permitted")} {
			other.fail(err)
			listed.set([]Netns{{Director: b.director, Lock: own.take}, {File: file, Director: blue, Lock: other.take}}, nil)
			b.decisions(3)
			if samples, edits := blue.asked(); samples+len(edits) > 0 || len(b.LastPlan().Services) != 1 {
				t.Errorf("%d samples, edits %v, plan %+v", samples, edits, b.LastPlan())
			}
		}
		other.fail(nil)
		b.decisions(20)
		if w := blue.weights(); w[0] >= w[2] || other.holders() != 1 || own.holders() != 1 {
			t.Errorf("once it is free the weights are %v, %d and %d locks held", w, own.holders(), other.holders())
		}

		again := newBusyDirector("wrr", 0.8, 0.2, 0.2) // the file leads to another namespace
		listed.set([]Netns{{Director: b.director, Lock: own.take}, {File: file, Director: again, Lock: other.take}}, nil)
		b.decisions(1)
		if other.holders() != 1 || b.locks[file].of != Director(again) {
			t.Errorf("%d locks held, not of the other namespace", other.holders())
		}
		listed.set([]Netns{{Director: b.director, Lock: own.take}}, nil)
		b.decisions(1)
		if other.holders() != 0 {
			t.Error("the lock of a namespace that is gone is held")
		}
		if got := b.errors(); !slices.Equal(got, []string{"take the director"}) {
			t.Errorf("logged %v", got)
		}
	})
	if own.holders() != 0 {
		t.Error("the lock is held after the end")
	}
}

func TestDryRunTakesNoLockAndLogsNothing(t *testing.T) {
	taken, log := &fakeLock{err: ipvs.ErrLocked}, &bytes.Buffer{}
	onBench(t, func(b *bench) {
		b.Config.DryRun, b.Audit = true, log
		b.Config.Services[0].Thresholds.Policy = limits.Concurrency
		b.Netns = func() ([]Netns, error) { return []Netns{{Director: b.director, Lock: taken.take}}, nil }
	}, func(t *testing.T, b *bench) {
		b.decisions(3)
		if s := b.LastPlan().Services[0]; s.Action != Apply {
			t.Errorf("got %+v", s)
		}
	})
	if log.Len() > 0 {
		t.Errorf("wrote %s", log)
	}
}
