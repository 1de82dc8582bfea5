//go:build lab

package e2e

import (
	"maps"
	"testing"
)

// A server that fails keepalived's check is left alone, whether it has the weight
// 0 then or is deleted, and is tuned again once it is back: that is no conflict.
func TestKeepalivedTakesServersOut(t *testing.T) {
	c := arrangeChecked(t)
	c.check(c.config("inhibit_on_failure", "", 100, 100, 100))
	c.tune("")
	c.favour(3)
	for _, tt := range []struct {
		server int
		stays  bool
	}{{1, true}, {2, false}} {
		isOut := func(weights map[string]uint32) bool {
			weight, there := weights[sharedServer(tt.server)]
			return there == tt.stays && weight == 0
		}
		c.tell(tt.server, 1)
		c.awaitWeights("take a server out", isOut)
		c.decisions(1)
		if weights := c.weights(); !isOut(weights) {
			t.Errorf("while server %d was out, the weights became %v", tt.server, weights)
		}
		c.tell(tt.server, 0)
		c.awaitWeights("bring a server back", func(weights map[string]uint32) bool { return weights[sharedServer(tt.server)] > 0 })
		c.favour(tt.server)
	}
	c.expectConflicts(0)
}

// Told to read its configuration again, keepalived writes the weights that have
// changed there and no others. That is an edit, left alone for a while.
func TestKeepalivedReloads(t *testing.T) {
	c := arrangeChecked(t)
	c.check(c.config("", "", 100, 100, 100))
	c.tune("")
	c.favour(1)
	c.satisfy()
	before, now := c.reload()
	if !maps.Equal(now, before) {
		t.Errorf("it was told the same, and the weights went from %v to %v", before, now)
	}
	c.satisfy()
	c.expectConflicts(0)

	c.keepalived.configure(t, c.config("", "", 100, 100, 300))
	before, now = c.reload()
	before[sharedServer(3)] = 300
	if !maps.Equal(now, before) {
		t.Errorf("it was told a weight of 300, and the weights became %v, want %v", now, before)
	}
	c.awaitWeights("leave the edit alone", func(map[string]uint32) bool { return c.decided("hold", "edited") > 0 })
	if now := c.weights(); !maps.Equal(now, before) {
		t.Errorf("the edit was not left alone: %v", now)
	}
	wrote := c.writes()
	c.awaitWeights("tune again", func(map[string]uint32) bool { return c.writes() > wrote })
	c.expectConflicts(1)
}

// reload has keepalived read its configuration again while the tuner stands still,
// and returns the weights before and after.
func (c *checked) reload() (before, after map[string]uint32) {
	c.Helper()
	c.signalTuner("STOP")
	before = c.weights()
	c.keepalived.reload(c.T)
	after = c.weights()
	c.signalTuner("CONT")
	return before, after
}

// Scripts that give weights have their way: after three edits at most the tuner
// leaves them the service, and at the first one where it knows of them.
func TestKeepalivedGivesWeights(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		known bool
		edits int // each after a write of the tuner's, all servers' at once
	}{{"unknown", false, 3}, {"known", true, 1}} {
		t.Run(tt.name, func(t *testing.T) {
			c := arrangeChecked(t)
			c.check(c.config("", "misc_dynamic", 100, 100, 100))
			before := ""
			if tt.known {
				before = c.found(t)
			}
			c.tune(before)
			c.favour(1)
			edits := 0
			for ; c.decided("skip", "yielded") == 0; edits++ {
				c.decisions(0)
				conflicts := c.conflicts()
				c.give(10+edits, 10+edits, 10+edits)
				c.awaitWeights("count an edit", func(map[string]uint32) bool { return c.conflicts() > conflicts })
				wrote := c.writes() // the edit is left alone for a while
				c.awaitWeights("write again or yield", func(map[string]uint32) bool { return c.writes() > wrote || c.decided("skip", "yielded") > 0 })
			}
			if edits != tt.edits {
				t.Errorf("yielded at edit %d, want %d:\n%s", edits, tt.edits, c.tuner)
			}
			wrote := c.writes()
			c.give(20, 40, 60)
			c.decisions(2)
			if now := c.weights(); !maps.Equal(now, given(20, 40, 60)) || c.writes() != wrote {
				t.Errorf("the tuner was to leave the weights alone, they are %v:\n%s", now, c.tuner)
			}
		})
	}
}

// give has the checks give weights, and waits until the servers have them. The
// tuner stands still meanwhile, so that it sees all weights change at once.
func (c *checked) give(weights ...int) {
	c.Helper()
	c.signalTuner("STOP")
	for i, weight := range weights {
		c.tell(i+1, weight+2)
	}
	c.awaitWeights("give weights", func(now map[string]uint32) bool { return maps.Equal(now, given(weights...)) })
	c.signalTuner("CONT")
}

func given(weights ...int) map[string]uint32 {
	servers := map[string]uint32{}
	for i, weight := range weights {
		servers[sharedServer(i+1)] = uint32(weight)
	}
	return servers
}
