package probe

import (
	"testing"
	"time"
)

func TestWindow(t *testing.T) {
	if _, ok := (window{since: time.Unix(0, 0)}).observation(target("10.0.0.2:80"), time.Unix(9, 0)); ok {
		t.Error("a window without a probe tells something")
	}
	w := window{since: time.Unix(0, 0)}
	w.add(time.Second, true)
	w.add(2*time.Second, false)
	w.add(4*time.Second, false)
	o, ok := w.observation(target("10.0.0.2:80"), time.Unix(10, 0))
	if got, want := told(o), "3 probes, 1 failed, 2.333s, good 3s"; !ok || got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
