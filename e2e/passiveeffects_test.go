//go:build lab

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
)

// repeatAfter is less than Linux waits before it sends anything again.
const repeatAfter = 150 * time.Millisecond

// effect is a way of clients or links that may do something to times.
type effect struct {
	name  string
	watch stopwatch
	asked int           // exchanges of a connection
	think time.Duration // after each
	lost  bool          // the answer, at first

	together bool // what senders have cut into packets is put together by receivers
}

// What is measured stays within bounds that follow from causes, and the effect on
// it is told.
func TestPassiveEffects(t *testing.T) {
	effects := []effect{
		{name: "answer repeated", asked: 1, lost: true},
		{name: "acknowledgement delayed", asked: 5, think: 100 * time.Millisecond},
		{name: "3 requests at once", asked: 5, watch: stopwatch{part: 300, answers: 3}},
		{name: "3 requests 10 ms apart", asked: 5, watch: stopwatch{parts: 3, apart: 10 * time.Millisecond, answers: 3}},
		{name: "upload in 4 parts 30 ms apart", asked: 5, watch: stopwatch{parts: 4, apart: 30 * time.Millisecond, part: 2000}},
		{name: "large", asked: 5, watch: stopwatch{part: 200_000, bytes: 200_000}},
		{name: "large, put together on receipt", asked: 5, together: true, watch: stopwatch{part: 200_000, bytes: 200_000}},
	}
	methods := []struct {
		name, network, service, forward string
		measure                         passive.Measure
	}{
		{"NAT", "nat.sh 1", "10.0.1.100:80", "-m", passive.FirstByte},
		{"DR", "direct.sh 1", "10.0.2.100:9000", "-g", passive.Timestamps},
	}
	var meter *passive.Meter
	for _, m := range methods {
		sh(t, m.network)
		if meter == nil {
			meter = openMeter(t)
		}
		for _, e := range effects {
			t.Run(m.name+"/"+e.name, func(t *testing.T) {
				service, end := arrangeService(t, "tcp/"+m.service, "10.0.2.11:9000 "+m.forward)
				defer end()
				if e.together {
					cutAndPutTogether(t)
				}
				if e.watch.part > 100_000 {
					defer meetLarge(t)()
				}
				e.watch.delay = func() time.Duration { return 30 * time.Millisecond }
				e.watch = e.watch.withDefaults()
				defer e.watch.start(t, "server1", ":9000")()
				timing{T: t, meter: meter, service: service, measure: m.measure}.suffer(e)
			})
		}
	}
}

// suffer asks until nothing else has been lost on the way.
func (t timing) suffer(e effect) {
	t.Helper()
	const server = "10.0.2.11:9000"
	if t.measure == passive.Timestamps {
		t.shakeHands()
	}
	for range 10 {
		before, lost := t.readings()[server], t.lost()
		var found func()
		if e.lost {
			found = loseAnswer(t.T)
		}
		all, err := e.watch.ask(t.service.Address.String(), e.asked, e.think)
		if err != nil {
			t.Fatal(err)
		}
		if e.lost {
			found()
		}
		var h passive.Histogram
		eventually(t.T, func() error {
			h = since(t.readings()[server], before)
			if n := h.Count() + t.lost() - lost; n < uint64(e.asked) {
				return fmt.Errorf("%d of %d answers are timed or lost", n, e.asked)
			}
			return nil
		})
		if t.lost() == lost {
			t.bear(e, all, &h)
			return
		}
	}
	t.Error("something is lost each time")
}

// bear holds times between what the server and the client say, each answer once.
func (t timing) bear(e effect, all []spoken, h *passive.Histogram) {
	t.Helper()
	n := time.Duration(e.asked)
	if h.Count() != uint64(n) {
		t.Errorf("%d answers are timed, want %d", h.Count(), n)
	}
	var own, seen, connecting time.Duration
	shortest := all[0].own
	for _, s := range all {
		own, seen, connecting = own+s.own, seen+s.seen, connecting+s.connecting
		shortest = min(shortest, s.own)
	}
	least, most := own, seen
	if e.lost && t.measure == passive.FirstByte {
		most -= repeatAfter
	}
	if t.measure == passive.Timestamps { // see compare
		if e.lost {
			least += repeatAfter
		}
		least, most = least-connecting-n*time.Millisecond, most+n*(time.Millisecond+madeUp)
		shortest -= all[0].connecting + time.Millisecond
	}
	if quickest := passive.UpperBound(slices.IndexFunc(h.Buckets[:], func(in uint64) bool { return in > 0 })); quickest < shortest.Seconds() {
		t.Errorf("an answer took %.2f ms at most, the shortest by the server's clock %.2f ms", quickest*1000, milliseconds(shortest))
	}
	if h.Sum < least || h.Sum > most {
		t.Errorf("%v for %d answers, want from %v to %v", h.Sum, n, least, most)
	}
	t.Logf("FIGURE %s: own %.2f ms, measured %.2f ms, client %.2f ms", t.Name(),
		milliseconds(own/n), milliseconds(h.Sum/n), milliseconds(seen/n))
}

// loseAnswer has the client lose what has data until something is lost; found
// returns once the loss is at its end.
func loseAnswer(t *testing.T) (found func()) {
	t.Helper()
	shIn(t, "client", `nft 'table ip lossy { chain in { type filter hook prerouting priority 0; tcp flags & psh == psh counter drop; }; }'`)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		eventually(t, func() error {
			if rules := shIn(t, "client", "nft list table ip lossy"); strings.Contains(rules, "packets 0 ") {
				return fmt.Errorf("nothing is lost yet: %s", rules)
			}
			return nil
		})
		shIn(t, "client", "nft delete table ip lossy")
	}()
	return func() { <-ended }
}

// meetLarge returns what looks that larger packets than links bear came to the
// director.
func meetLarge(t *testing.T) (met func()) {
	t.Helper()
	shIn(t, "director", `nft 'table ip large { chain in { type filter hook prerouting priority -400; meta length > 1500 counter; }; }'`)
	return func() {
		if rules := shIn(t, "director", "nft list table ip large; nft delete table ip large"); strings.Contains(rules, "packets 0 ") {
			t.Errorf("no packet is large: %s", rules)
		}
	}
}
