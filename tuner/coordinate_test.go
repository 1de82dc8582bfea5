package tuner

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

var (
	errCut       = errors.New("nobody answers")
	errNotLeader = errors.New("another director plans by now")
)

// council is what coordinates tuners in memory.
type council struct {
	mutex sync.Mutex
	lead  string
	cut   map[string]bool // members that cannot reach it
	by    string
	plan  []Order
	by2   []string // who has published, in order
	told  map[string]chan struct{}
}

func newCouncil(lead string) *council {
	return &council{lead: lead, cut: make(map[string]bool), told: make(map[string]chan struct{})}
}

func (c *council) change(change func()) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	change()
}

// member returns the coordination of the tuner of a name.
func (c *council) member(name string) *Coordination {
	told := make(chan struct{}, 1)
	c.told[name] = told
	return &Coordination{
		Told: told,
		Ask: func(context.Context) (Orders, error) {
			c.mutex.Lock()
			defer c.mutex.Unlock()
			if c.cut[name] {
				return Orders{}, errCut
			}
			return Orders{Lead: c.lead == name, By: c.by, Of: c.plan}, nil
		},
		Publish: func(_ context.Context, orders []Order) error {
			c.mutex.Lock()
			defer c.mutex.Unlock()
			switch {
			case c.cut[name]:
				return errCut
			case c.lead != name:
				return errNotLeader
			}
			c.by, c.plan, c.by2 = name, orders, append(c.by2, name)
			for _, told := range c.told {
				select {
				case told <- struct{}{}:
				default:
				}
			}
			return nil
		},
	}
}

// onBenches runs a test beside the coordinated loops a, which plans, and b, whose
// first server is slow and not the last.
func onBenches(t *testing.T, test func(t *testing.T, c *council, a, b *bench)) {
	state, c := filepath.Join(t.TempDir(), "b.json"), newCouncil("a")
	onBench(t, func(a *bench) { a.Coordination = c.member("a") }, func(t *testing.T, a *bench) {
		d := newBusyDirector("wrr", 0.8, 0.2, 0.2)
		cfg := plantConfig()
		cfg.StateFile = state
		b := &bench{&Loop{Config: cfg, Netns: OwnNetns(d), Metrics: NewMetrics(), Logger: zap.NewNop(), Coordination: c.member("b")}, d, a.logs}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- b.Run(ctx) }()
		synctest.Wait()
		test(t, c, a, b)
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// agree wants both directors to have equal weights, other than at first, once
// the followers have had a look.
func agree(t *testing.T, a, b *bench) {
	t.Helper()
	time.Sleep(LookInterval + SampleInterval)
	synctest.Wait()
	if got, want := b.director.weights(), a.director.weights(); !slices.Equal(got, want) || slices.Equal(got, []uint32{1, 1, 1}) {
		t.Errorf("weights are %v and %v", want, got)
	}
}

func TestDirectorsAgree(t *testing.T) {
	onBenches(t, func(t *testing.T, c *council, a, b *bench) {
		for range 10 {
			a.decisions(2)
			agree(t, a, b)
		}
		if w := a.director.weights(); w[2] >= w[0] {
			t.Errorf("the planner's slow server has most: %v", w)
		}
		if p := b.LastPlan().Services[0]; p.Code != CodePlanned || p.Reason != "planned by a" {
			t.Errorf("got %s: %s", p.Code, p.Reason)
		}
		// b goes on from there by what it sees itself.
		c.change(func() { c.lead = "b" })
		a.decisions(40)
		agree(t, a, b)
		if w := b.director.weights(); w[0] >= w[1] {
			t.Errorf("the new planner's slow server has most: %v", w)
		}
		c.change(func() {
			if after := c.by2[slices.Index(c.by2, "b"):]; slices.Contains(after, "a") {
				t.Errorf("published by %v", after)
			}
		})
	})
}

// Who loses touch holds, planner or not, and is back as soon as it is there.
func TestDirectorsLoseTouch(t *testing.T) {
	onBenches(t, func(t *testing.T, c *council, a, b *bench) {
		a.decisions(2)
		c.change(func() { c.cut["a"], c.cut["b"] = true, true })
		a.decisions(1)
		writes := a.director.Writes() + b.director.Writes()
		a.decisions(10)
		for _, of := range []*bench{a, b} {
			if p := of.LastPlan().Services[0]; p.Code != CodeStandby || p.Reason != "who plans is not known: nobody answers" {
				t.Errorf("got %s: %s", p.Code, p.Reason)
			}
			of.leads(t, "0")
		}
		if more := a.director.Writes() + b.director.Writes() - writes; more > 0 {
			t.Errorf("%d writes without touch", more)
		}
		c.change(func() { c.cut["b"], c.lead = false, "b" })
		a.decisions(10)
		c.change(func() { c.cut["a"] = false })
		a.decisions(3)
		agree(t, a, b)
		a.leads(t, "1")
	})
}

// A plan that cannot be published is not carried out.
func TestUnpublishedPlanIsNotCarriedOut(t *testing.T) {
	c := newCouncil("a")
	onBench(t, func(b *bench) {
		b.Coordination = c.member("a")
		publish := b.Coordination.Publish
		b.Coordination.Publish = func(ctx context.Context, orders []Order) error {
			c.change(func() { c.lead = "b" })
			return publish(ctx, orders)
		}
		ask := b.Coordination.Ask
		b.Coordination.Ask = func(ctx context.Context) (Orders, error) {
			c.change(func() { c.lead = "a" })
			return ask(ctx)
		}
	}, func(t *testing.T, b *bench) {
		b.decisions(10)
		if _, edits := b.director.asked(); len(edits) > 0 {
			t.Errorf("edited %v", edits)
		}
		if got := b.errors(); !slices.Equal(got, []string{"publish the plan"}) {
			t.Errorf("logged %v", got)
		}
	})
}

// A follower leaves alone what is quiescent, joins later or is somebody else's
// word for a while.
func TestFollowersGuards(t *testing.T) {
	onBenches(t, func(t *testing.T, c *council, a, b *bench) {
		a.decisions(5)
		b.director.Update(plantService, plantServer(1), func(s *ipvs.RealServer) { s.Weight = 0 })
		a.decisions(5)
		if w := b.director.weights(); w[1] != 0 {
			t.Errorf("a quiescent server got %d", w[1])
		}
		b.director.Update(plantService, plantServer(1), func(s *ipvs.RealServer) { s.Weight = 3 })
		a.decisions(2)
		agree(t, a, b)
		b.director.Update(plantService, plantServer(0), func(s *ipvs.RealServer) { s.Weight += 5 })
		edited := b.director.weights()
		a.decisions(2)
		if p := b.LastPlan().Services[0]; p.Code != CodeEdited || !slices.Equal(b.director.weights(), edited) {
			t.Errorf("got %s, weights %v", p.Code, b.director.weights())
		}
	})
}
