package tuner

import (
	"net/netip"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// BenchmarkLook looks at a service of 100 servers.
func BenchmarkLook(b *testing.B) {
	v := ipvs.VirtualService{ID: plantService, Scheduler: "wrr"}
	for i := range 100 {
		id := ipvs.ServerID{AddrPort: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 2, byte(i)}), 80)}
		v.Servers = append(v.Servers, ipvs.RealServer{ID: id, Weight: 1, ActiveConnections: 3})
	}
	cfg := plantConfig()
	_, state := Step(cfg, State{}, &ipvs.Table{Services: []ipvs.VirtualService{v}}, nil, after(0))
	now := after(0)
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(time.Second)
		state.Sample(v.ID, v.Servers, cfg.Interval, now)
		if why := state.Alarm(v.ID, v.Servers, nil, now); why != "" {
			b.Fatal(why)
		}
	}
}
