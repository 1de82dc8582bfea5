package limits

import (
	"fmt"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/director"
)

// besiege has traffic of 60 % of the capacity, and then of 130 % for four minutes
// or so, of which it leaves the counts.
func besiege(p *plant, tick time.Duration, act func()) {
	p.run(0.6*p.capacity(), 140*time.Second, tick, act)
	p.forget()
	p.run(1.3*p.capacity(), 400*time.Second, tick, act)
}

// TestCrowd compares with a limit on the active connections alone, which the
// kernel does not have, and prints the table of docs/thresholds.md.
func TestCrowd(t *testing.T) {
	tests := []struct {
		tick             time.Duration
		workers          int
		kernel           uint32
		slower, refusals float64 // most
		worst            time.Duration
	}{
		{50 * time.Millisecond, 4, 257, 1.12, 1.06, time.Second},
		{50 * time.Millisecond, 16, 257, 1.15, 1.06, time.Second},
		{200 * time.Millisecond, 4, 256, 1.4, 1.08, time.Second},
		{200 * time.Millisecond, 4, 257, 1.5, 1.08, time.Second},
		{200 * time.Millisecond, 16, 257, 1.6, 1.08, time.Second},
		{time.Second, 4, 256, 2.6, 1.1, 1500 * time.Millisecond},
		{time.Second, 4, 257, 2.8, 1.1, 1500 * time.Millisecond},
		{time.Second, 16, 257, 3.2, 1.1, 1500 * time.Millisecond},
		{10 * time.Second, 4, 257, 20, 1.2, 8 * time.Second},
		{10 * time.Second, 16, 257, 25, 1.2, 8 * time.Second},
	}
	type kind struct {
		workers int
		kernel  uint32
	}
	exactly := map[kind]*plant{}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%v, %d workers, kernel %d", tt.tick, tt.workers, tt.kernel), func(t *testing.T) {
			options := director.Options{OverheadFactor: tt.kernel}
			best := exactly[kind{tt.workers, tt.kernel}]
			if best == nil {
				best = newPlant(t, 1, options, ipvs.Masq, 4, tt.workers)
				best.before = best.exactly
				besiege(best, 0, nil)
				exactly[kind{tt.workers, tt.kernel}] = best
			}
			p := newPlant(t, 1, options, ipvs.Masq, 4, tt.workers)
			besiege(p, tt.tick, p.protect(tt.tick, 1))
			slower, refused := p.meanSeconds()/best.meanSeconds(), p.refusedOver(1.3)
			t.Logf("mean %.0f ms, exactly limited %.0f ms: %.2f; worst %v; refused %.3f and %.3f of what must be; %.1f writes a second",
				1000*p.meanSeconds(), 1000*best.meanSeconds(), slower, p.worst.Round(time.Millisecond), refused, best.refusedOver(1.3),
				float64(p.writes)/260)
			if slower > tt.slower || refused > tt.refusals || p.worst > tt.worst {
				t.Error("out of bounds")
			}
		})
	}
}

func TestMistakenCapacityDoesLittle(t *testing.T) {
	for _, factor := range []float64{0.7, 0.95, 1.05, 1.4} {
		p := newPlant(t, 2, director.Options{}, ipvs.Masq, 4, 16)
		besiege(p, 200*time.Millisecond, p.protect(200*time.Millisecond, factor))
		t.Logf("capacity times %.2f: mean %.0f ms, worst %v, refused %.3f", factor, 1000*p.meanSeconds(), p.worst, p.refusedOver(1.3))
		if p.refusedOver(1.3) > 1.2 || p.worst > time.Second {
			t.Errorf("capacity times %.2f: mean %.0f ms, worst %v, refused %.3f of what must be", factor, 1000*p.meanSeconds(), p.worst, p.refusedOver(1.3))
		}
	}
}

// TestShortTimeouts has closed connections last two seconds.
func TestShortTimeouts(t *testing.T) {
	options := director.Options{Timeouts: ipvs.Timeouts{TCPFin: 2 * time.Second}}
	p := newPlant(t, 3, options, ipvs.Route, 4, 16)
	besiege(p, 200*time.Millisecond, p.protect(200*time.Millisecond, 1))
	if p.refusedOver(1.3) > 1.1 || p.worst > time.Second {
		t.Errorf("mean %.0f ms, worst %v, refused %.3f of what must be", 1000*p.meanSeconds(), p.worst, p.refusedOver(1.3))
	}
}

// TestCapacityLeft has one server of four become four times slower, while the
// others can bear what it does not.
func TestCapacityLeft(t *testing.T) {
	p := newPlant(t, 4, director.Options{}, ipvs.Masq, 4, 16)
	act := p.protect(200*time.Millisecond, 1)
	p.run(0.6*p.capacity(), 140*time.Second, 200*time.Millisecond, act)
	rate := 0.6 * p.capacity()
	p.stations[0].mean *= 4
	p.forget()
	p.run(rate, 300*time.Second, 200*time.Millisecond, act)
	if p.refused > p.admitted/10_000 || p.worst > 2*time.Second {
		t.Errorf("%d of %d refused, worst %v", p.refused, p.admitted, p.worst)
	}
	t.Logf("%d of %d refused, mean %.0f ms, worst %v", p.refused, p.admitted, 1000*p.meanSeconds(), p.worst)
}

// TestNobodyIsRefusedBelowCapacity counts writes too, once the servers have
// been told from each other.
func TestNobodyIsRefusedBelowCapacity(t *testing.T) {
	for _, tt := range []struct {
		load   float64
		writes int
	}{{0, 0}, {0.3, 0}, {0.6, 0}, {0.85, 2000}} {
		p := newPlant(t, 5, director.Options{}, ipvs.Masq, 4, 16)
		act := p.protect(200*time.Millisecond, 1)
		p.run(max(1, tt.load*p.capacity()), time.Second, 200*time.Millisecond, act)
		p.forget()
		p.run(max(1, tt.load*p.capacity()), 300*time.Second, 200*time.Millisecond, act)
		if p.refused > 0 || p.writes > tt.writes {
			t.Errorf("load %v: %d of %d refused, %d writes", tt.load, p.refused, p.admitted, p.writes)
		}
	}
}

// TestNearCapacity begins with an empty table, so that the inactive
// connections grow while servers are pressed. With ten seconds between writes
// servers that were starved once stayed so.
func TestNearCapacity(t *testing.T) {
	for _, tt := range []struct {
		load    float64
		tick    time.Duration
		refused float64 // most of them all
	}{
		{0.85, 200 * time.Millisecond, 0.005}, {0.85, time.Second, 0.002}, {0.85, 10 * time.Second, 0.1},
		{0.95, 200 * time.Millisecond, 0.03}, {0.95, time.Second, 0.03}, {0.95, 10 * time.Second, 0.1},
	} {
		p := newPlant(t, 1, director.Options{}, ipvs.Masq, 4, 4)
		p.run(tt.load*p.capacity(), 400*time.Second, tt.tick, p.protect(tt.tick, 1))
		if got := float64(p.refused) / float64(p.refused+p.admitted); got > tt.refused {
			t.Errorf("load %v, %v: %.4f refused", tt.load, tt.tick, got)
		}
	}
}

// TestNearCapacityWithShortTimeouts has closed connections last two seconds and
// decisions be made every ten.
func TestNearCapacityWithShortTimeouts(t *testing.T) {
	for _, tt := range []struct{ load, refused float64 }{{0.6, 0}, {0.85, 0.001}, {0.95, 0.01}, {1.3, 0.3}} {
		p := newPlant(t, 1, director.Options{Timeouts: ipvs.Timeouts{TCPFin: 2 * time.Second}}, ipvs.Route, 4, 4)
		p.linger = 2
		p.run(tt.load*p.capacity(), 400*time.Second, 10*time.Second, p.protect(10*time.Second, 1))
		t.Logf("load %v: %.4f refused, mean %.0f ms, worst %v", tt.load, float64(p.refused)/float64(p.refused+p.admitted), 1000*p.meanSeconds(), p.worst)
		if got := float64(p.refused) / float64(p.refused+p.admitted); got > tt.refused {
			t.Errorf("load %v: %.4f refused", tt.load, got)
		}
	}
}

// TestFixedThresholds shows why they are followed: thresholds that stay at
// what the connections of a busy server come to let their chance variation be
// one of the requests that wait, and an error of 5 % more than that.
func TestFixedThresholds(t *testing.T) {
	for _, tt := range []struct {
		factor, least float64 // seconds that requests take
	}{{0.95, 0}, {1, 0.2}, {1.05, 0.2}} {
		p := newPlant(t, 1, director.Options{}, ipvs.Masq, 4, 4)
		for i, s := range p.listed(1) {
			upper := uint32(s.concurrency() + tt.factor*s.Capacity*s.Linger)
			p.set(i, upper, upper)
		}
		p.run(0.6*p.capacity(), 140*time.Second, 0, nil)
		p.forget()
		p.run(1.3*p.capacity(), 400*time.Second, 0, nil)
		t.Logf("%.2f of the capacity: mean %.0f ms, worst %v, refused %.3f", tt.factor, 1000*p.meanSeconds(), p.worst.Round(time.Millisecond), p.refusedOver(1.3))
		if p.meanSeconds() < tt.least {
			t.Errorf("%.2f of the capacity: a mean of %.0f ms is not so bad", tt.factor, 1000*p.meanSeconds())
		}
	}
	p := newPlant(t, 1, director.Options{}, ipvs.Masq, 4, 4)
	besiege(p, 0, nil)
	if p.meanSeconds() < 20 {
		t.Errorf("without thresholds a mean of %.0f ms: not so bad", 1000*p.meanSeconds())
	}
	p = newPlant(t, 1, director.Options{}, ipvs.Masq, 4, 4)
	states := make([]State, 4)
	besiege(p, 200*time.Millisecond, func() {
		var decisions []Decision
		decisions, states = Default().Decide(states, p.listed(1), epoch.Add(p.now), 200*time.Millisecond)
		for i, d := range decisions {
			p.set(i, d.Upper, d.Upper-d.Upper/4)
		}
	})
	if p.refusedOver(1.3) < 3 {
		t.Errorf("with a lower threshold of three quarters refused %.3f of what must be: not so bad", p.refusedOver(1.3))
	}
}
