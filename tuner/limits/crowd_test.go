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
		{50 * time.Millisecond, 4, 257, 1.25, 1.06, time.Second},
		{50 * time.Millisecond, 16, 257, 1.3, 1.06, time.Second},
		{200 * time.Millisecond, 4, 256, 1.6, 1.08, time.Second},
		{200 * time.Millisecond, 4, 257, 1.7, 1.08, time.Second},
		{200 * time.Millisecond, 16, 257, 1.8, 1.08, time.Second},
		{time.Second, 4, 256, 2.6, 1.1, 1500 * time.Millisecond},
		{time.Second, 4, 257, 2.8, 1.1, 1500 * time.Millisecond},
		{time.Second, 16, 257, 3.2, 1.1, 1500 * time.Millisecond},
		{10 * time.Second, 4, 257, 15, 1.3, 8 * time.Second},
		{10 * time.Second, 16, 257, 22, 1.3, 8 * time.Second},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%v, %d workers, kernel %d", tt.tick, tt.workers, tt.kernel), func(t *testing.T) {
			options := director.Options{OverheadFactor: tt.kernel}
			best := newPlant(t, 1, options, ipvs.Masq, 4, tt.workers)
			best.before = best.exactly
			besiege(best, 0, nil)
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
