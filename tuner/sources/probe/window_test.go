package probe

import (
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

func TestWindow(t *testing.T) {
	at := func(seconds int64) time.Time { return time.Unix(seconds, 0) }
	tests := []struct {
		name    string
		fill    func(w *window)
		want    string // "" is no observation
		failing bool
	}{
		{"without a probe", func(*window) {}, "", false},
		{"failed before", func(w *window) {
			w.add(time.Second, true, at(1))
			w.add(2*time.Second, false, at(3))
			w.add(4*time.Second, false, at(7))
		}, "3 probes, 1 failed, 2.333s, good 3s", false},
		{"failed once", func(w *window) {
			w.add(time.Second, false, at(8))
			w.add(3*time.Second, true, at(9))
		}, "2 probes, 1 failed, 2s, good 1s", false},
		{"failed twice in the end", func(w *window) {
			w.add(10*time.Millisecond, false, at(2))
			w.add(time.Second, true, at(6))
			w.add(2*time.Second, true, at(9))
		}, "2 probes, 2 failed, 1.5s", true},
		{"failed once before and once now", func(w *window) {
			w.add(time.Second, true, at(1))
			*w = w.next(at(2))
			w.add(time.Second, true, at(3))
		}, "2 probes, 2 failed, 1s", true},
		{"failed before, and no probe since", func(w *window) {
			w.add(time.Second, true, at(1))
			w.add(time.Second, true, at(2))
			*w = w.next(at(2))
		}, "", false},
		{"failed long before", func(w *window) {
			for range 100 {
				w.add(time.Second, true, at(1))
			}
			*w = w.next(at(2))
			w.add(time.Second, false, at(3))
		}, "1 probes, 0 failed, 1s, good 1s", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := window{since: at(0)}
			test.fill(&w)
			got := ""
			if o, ok := w.observation(target("10.0.0.2:80"), at(10)); ok {
				got = told(o)
			}
			if got != test.want || w.fails() != test.failing {
				t.Errorf("got %q, failing %v", got, w.fails())
			}
		})
	}
}

// TestFailing has a server die, which is told without an end to the window.
func TestFailing(t *testing.T) {
	const a, b = "10.0.0.2:80", "10.0.0.3:80"
	inMemory(t, httpProbe(), func(t *testing.T, n *network, p *Prober) {
		n.servers[a], n.servers[b] = answers(0, fine), answers(0, fine)
		p.Watch([]tuner.Target{target(a), target(b)})
		time.Sleep(5 * time.Second)
		if got := p.Failing(time.Now()); len(got) > 0 {
			t.Errorf("got %v", got)
		}
		n.mutex.Lock()
		n.servers[a] = answers(0, "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")
		n.mutex.Unlock()
		for range 5 {
			time.Sleep(time.Second)
		}
		got := p.Failing(time.Now())
		if len(got) != 1 || got[0].Server != target(a).Server || *got[0].ErrorRatio != 1 {
			t.Errorf("got %v", got)
		}
		if seen := after(t, p, 0); *seen[a].ErrorRatio != 1 || *seen[b].WindowSeconds != 10 {
			t.Errorf("afterwards got %v", seen)
		}
	})
}
