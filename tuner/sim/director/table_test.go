package director

import (
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Gauges are live, counters of the last even second.
func TestTable(t *testing.T) {
	s := serviceOf(t, Options{}, ipvs.VirtualService{Scheduler: "rr"}, 1, 1)
	d := s.director
	for i := range 3 {
		s.Connect(1900*time.Millisecond, Flow{Client: clientOf(1, uint16(i))})
	}
	s.Connect(2*time.Second, Flow{Client: clientOf(2, 1)})
	tests := []struct {
		at      time.Duration
		counted uint64
	}{{2 * time.Second, 3}, {3999 * time.Millisecond, 3}, {4 * time.Second, 4}}
	for _, tt := range tests {
		table := d.Table(tt.at)
		service := table.Services[0]
		if got := service.Stats.Connections; got != tt.counted || table.Director.Stats.Connections != got {
			t.Errorf("at %s the service had %d connections, want %d", tt.at, got, tt.counted)
		}
		servers := service.Servers
		if got := servers[0].Stats.Connections + servers[1].Stats.Connections; got != tt.counted {
			t.Errorf("at %s the servers had %d connections, want %d", tt.at, got, tt.counted)
		}
		if servers[0].ActiveConnections != 2 || servers[1].ActiveConnections != 2 {
			t.Errorf("at %s %d and %d connections were active, want 2 and 2", tt.at, servers[0].ActiveConnections, servers[1].ActiveConnections)
		}
	}
}
