package tuner

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Somebody is looked for once a minute, and has the service at the first edit. It
// is no matter where nobody can be looked for.
func TestOtherWritersAreLookedFor(t *testing.T) {
	looked, broken := 0, errors.New("configuration of keepalived: permission denied")
	onBench(t, func(b *bench) {
		d := b.director
		b.Netns = func() ([]Netns, error) {
			return []Netns{{Director: d, Writers: func() ([]string, error) {
				looked++
				if looked == 1 {
					return nil, broken
				}
				return []string{"kube-proxy", "ldirectord"}, nil
			}}}, nil
		}
	}, func(t *testing.T, b *bench) {
		if got := b.errors(); !slices.Equal(got, []string{"look for others who write weights"}) {
			t.Errorf("logged %v", got)
		}
		b.decisions(17)
		if looked != 3 {
			t.Errorf("looked %d times in less than three minutes", looked)
		}
		b.director.Update(plantService, plantServer(0), func(s *ipvs.RealServer) { s.Weight++ })
		b.decisions(1)
		if p := b.LastPlan().Services[0]; p.Code != CodeYielded || !strings.Contains(p.Reason, "which may be kube-proxy or ldirectord") {
			t.Errorf("got %s: %s", p.Code, p.Reason)
		}
	})
}
