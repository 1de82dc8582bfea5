package sources

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

const text = `
sources:
  http: {type: http}
  tcp: {type: tcp}
  prom: {type: prometheus, url: 'http://127.0.0.1:9090', requests: r, errors: e}
  unused: {type: http, scheme: https, tls_config: {ca_file: /nonsense}}
services:
- {match: 'tcp/*', source: {latency: http, errors: prom}}
- {match: 'udp/*', source: tcp}
- {match: 'fwm/*'}
- {match: 'sctp/*', source: unused, policy: static}
`

func opened(text string) (tuner.Meters, error) {
	c, err := tuner.LoadConfig(strings.NewReader(text), "config")
	if err != nil {
		return nil, err
	}
	return Open(c, Options{Settled: func(string) {}})
}

// TestTimed has two sources of type passive, of which there is one program.
func TestTimed(t *testing.T) {
	c, err := tuner.LoadConfig(strings.NewReader(`
sources:
  tls: {type: passive, connections: 1000, servers: 5000, skip: {'tcp/10.0.0.1:443': 2, 'fwm/7': 1}}
  unused: {type: passive, connections: 9000000}
services:
- {match: 'tcp/*:443', source: [tls, connections]}
- {match: 'tcp/*', source: [passive, connections]}
`), "config")
	if err != nil {
		t.Fatal(err)
	}
	got := timed(c)
	if got.Connections != 65536 || got.Servers != 5000 || len(got.Skip) != 2 || got.Skip[ipvs.MarkService(ipvs.IPv4, 7)] != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestOpenMistakes(t *testing.T) {
	_, err := opened(strings.Replace(text, ", policy: static", "", 1))
	if err == nil || !strings.HasPrefix(err.Error(), "source unused: ") || !strings.Contains(err.Error(), "/nonsense") {
		t.Errorf("error %v", err)
	}
}

func TestOpen(t *testing.T) {
	meters, err := opened(text)
	if err != nil {
		t.Fatal(err)
	}
	defer meters.Close()
	if got, want := slices.Sorted(maps.Keys(meters)), []string{"http", "passive", "prom", "tcp"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
