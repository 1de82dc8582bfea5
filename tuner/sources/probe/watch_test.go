package probe

import (
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

func TestServersComeAndGo(t *testing.T) {
	const a, b, c = "10.0.0.2:80", "10.0.0.3:80", "10.0.0.4:80"
	inMemory(t, httpProbe(), func(t *testing.T, n *network, p *Prober) {
		for _, s := range []string{a, b, c} {
			n.servers[s] = answers(10*time.Millisecond, fine)
		}
		if seen := after(t, p, 5*time.Second); len(seen) > 0 {
			t.Errorf("without servers got %v", seen)
		}
		p.Watch([]tuner.Target{target(a), target(b)})
		after(t, p, 10*time.Second)
		p.Watch([]tuner.Target{target(b), target(c)})
		gone := n.dialled(a)
		seen := after(t, p, 10*time.Second)
		if _, ok := seen[a]; ok || len(seen) != 2 {
			t.Errorf("got %v", seen)
		}
		if n.dialled(a) != gone {
			t.Error("a server that is gone was probed")
		}
		if n.dialled(b) < 16 || n.dialled(c) < 7 {
			t.Errorf("probed %d and %d times", n.dialled(b), n.dialled(c))
		}
	})
}

func TestPorts(t *testing.T) {
	const a = "10.0.0.2:0"
	config := httpProbe()
	inMemory(t, config, func(t *testing.T, _ *network, p *Prober) {
		p.Watch([]tuner.Target{target(a)})
		time.Sleep(10 * time.Second)
		observations, err := p.Observe(t.Context(), time.Now())
		const want = "10.0.0.2:0 in tcp/10.0.0.1:80 has no port to probe; give the source one"
		if len(observations) > 0 || err == nil || err.Error() != want {
			t.Errorf("got %v, error %v, want %s", observations, err, want)
		}
	})
	config.Port = 8080
	inMemory(t, config, func(t *testing.T, n *network, p *Prober) {
		n.servers["10.0.0.2:8080"] = answers(0, fine)
		p.Watch([]tuner.Target{target(a)})
		if o, ok := after(t, p, 10*time.Second)[a]; !ok || *o.ErrorRatio != 0 {
			t.Errorf("got %v", o)
		}
	})
}
