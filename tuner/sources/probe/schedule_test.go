package probe

import (
	"fmt"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// TestOneAtATime has servers that hang, so that each probe lasts to its
// timeout and the next one is due by then.
func TestOneAtATime(t *testing.T) {
	const a = "10.0.0.2:80"
	config := httpProbe()
	config.Interval = 100 * time.Millisecond
	inMemory(t, config, func(t *testing.T, n *network, p *Prober) {
		n.servers[a] = func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }
		// Two virtual services have the server, which is probed for both.
		other := target(a)
		other.Service = ipvs.MarkService(ipvs.IPv4, 1)
		p.Watch([]tuner.Target{target(a), other})
		time.Sleep(20 * time.Second)
		synctest.Wait()
		observations, err := p.Observe(t.Context(), time.Now())
		if err != nil || len(observations) != 2 || told(observations[0]) != "19 probes, 19 failed, 1s" || observations[0].Service == observations[1].Service {
			t.Errorf("got %v, %v", observations, err)
		}
		for i, at := range n.dials[a][1:] {
			if gap := at.Sub(n.dials[a][i]); gap < config.Timeout {
				t.Errorf("a probe began %s after the one before", gap)
			}
		}
	})
}

// TestSpread has many servers begin at once.
func TestSpread(t *testing.T) {
	const servers = 1000
	config := httpProbe()
	inMemory(t, config, func(t *testing.T, n *network, p *Prober) {
		var targets []tuner.Target
		for i := range servers {
			targets = append(targets, target(fmt.Sprintf("10.1.%d.%d:80", i/250, i%250)))
		}
		began := time.Now()
		p.Watch(targets)
		after(t, p, 10*time.Second)
		perTenth := make(map[time.Duration]int)
		for _, dials := range n.dials {
			for _, at := range dials {
				perTenth[at.Sub(began)/(100*time.Millisecond)]++
			}
		}
		for tenth := range time.Duration(100) {
			if got := perTenth[tenth]; got < servers/20 || got > servers/5 {
				t.Errorf("%d probes in the tenth of a second %d", got, tenth)
			}
		}
	})
}

// TestStandstill has the whole program stand still for longer than an interval.
func TestStandstill(t *testing.T) {
	var q queue
	p := &Prober{config: httpProbe(), waiting: q}
	now := time.Now()
	for range 100 {
		p.wait(&subject{}, now.Add(-time.Minute))
	}
	p.startDue(now)
	if len(p.waiting) != 100 {
		t.Fatalf("%d wait", len(p.waiting))
	}
	first, last := p.waiting[0].due, p.waiting[0].due
	for _, s := range p.waiting {
		if s.due.Before(first) {
			first = s.due
		}
		if s.due.After(last) {
			last = s.due
		}
	}
	if first.Before(now) || last.Sub(first) < p.config.Interval/2 {
		t.Errorf("due from %s to %s", first, last)
	}
}

func TestCloseEndsAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		defer n.serving.Wait()
		n.servers["10.0.0.2:80"] = func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }
		p, err := newHTTP(httpProbe(), n.dial)
		if err != nil {
			t.Fatal(err)
		}
		p.Watch([]tuner.Target{target("10.0.0.2:80")})
		time.Sleep(1500 * time.Millisecond)
		began := time.Now()
		p.Close()
		if took := time.Since(began); took > 0 {
			t.Errorf("it took %s", took)
		}
		p.Watch(nil)
		if o, err := p.Observe(t.Context(), time.Now()); o != nil || err != nil {
			t.Errorf("got %v, %v of a closed prober", o, err)
		}
	})
}
