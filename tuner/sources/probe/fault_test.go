package probe

import (
	"context"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

func TestOwnFaultIsNoObservation(t *testing.T) {
	const a, b = "10.0.0.2:80", "10.0.0.3:80"
	inMemory(t, httpProbe(), func(t *testing.T, n *network, p *Prober) {
		n.fault = syscall.EMFILE
		p.Watch([]tuner.Target{target(a), target(b)})
		time.Sleep(10 * time.Second)
		observations, err := p.Observe(t.Context(), time.Now())
		if len(observations) > 0 || err == nil || !strings.Contains(err.Error(), "too many open files (and ") {
			t.Errorf("got %v, error %v", observations, err)
		}
		n.mutex.Lock()
		n.fault = nil
		n.servers[a] = answers(0, fine)
		n.mutex.Unlock()
		if seen := after(t, p, 10*time.Second); *seen[a].ErrorRatio != 0 || *seen[b].ErrorRatio != 1 {
			t.Errorf("afterwards got %v", seen)
		}
	})
}

func TestOwnFault(t *testing.T) {
	tests := []struct {
		err  error
		want bool
	}{
		{syscall.ECONNREFUSED, false},
		{syscall.EHOSTUNREACH, false},
		{syscall.ENETUNREACH, false},
		{context.DeadlineExceeded, false},
		{syscall.EMFILE, true},
		{syscall.ENFILE, true},
		{syscall.EADDRNOTAVAIL, true},
		{syscall.ENOBUFS, true},
	}
	for _, test := range tests {
		t.Run(test.err.Error(), func(t *testing.T) {
			err := &net.OpError{Op: "dial", Err: fmt.Errorf("connect: %w", test.err)}
			if got := ownFault(err); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
