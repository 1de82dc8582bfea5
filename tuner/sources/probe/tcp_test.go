package probe

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

func TestTCP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const a, b = "10.0.0.2:80", "10.0.0.3:80"
		n := newNetwork()
		defer n.serving.Wait()
		n.servers[a] = func(net.Conn) {}
		slow := func(ctx context.Context, address netip.AddrPort) (net.Conn, error) {
			time.Sleep(20 * time.Millisecond)
			return n.dial(ctx, address)
		}
		p := newTCP(httpProbe(), slow)
		defer p.Close()
		p.Watch([]tuner.Target{target(a), target(b)})
		seen := after(t, p, 10*time.Second)
		if *seen[a].SuccessLatencySeconds != 0.02 || *seen[a].ErrorRatio != 0 || *seen[b].ErrorRatio != 1 || seen[b].SuccessLatencySeconds != nil {
			t.Errorf("got %s and %s", told(seen[a]), told(seen[b]))
		}
	})
}
