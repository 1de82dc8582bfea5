//go:build lab

package e2e

import (
	"io"
	"maps"
	"net"
	"testing"
	"time"
)

// Of two directors that VRRP chooses from, only the one that has the address is
// written to. When the address moves, the other tuner takes over and the first
// one writes no more; connections go on, there and back.
func TestFailover(t *testing.T) {
	t.Parallel()
	p := arrangePair(t)
	p.start("director", 150)
	p.start("backup", 100)
	p.await("the director leads", func() bool { return p.leads("director") && !p.leads("backup") })
	p.serves("director", "backup", 1)
	if p.writes("backup") != 0 {
		t.Errorf("the backup wrote:\n%s", p.tuners["backup"])
	}

	held := p.hold("director", "backup")
	sh(t, "ip -n director link set wan0 down")
	p.await("the backup leads", func() bool { return p.leads("backup") && !p.leads("director") })
	p.serves("backup", "director", 2)
	p.expectAlive(held)

	held = p.hold("backup", "director")
	sh(t, "ip -n director link set wan0 up")
	p.await("the director leads again", func() bool { return p.leads("director") && !p.leads("backup") })
	p.serves("director", "backup", 1)
	p.expectAlive(held)
	for director, out := range p.tuners {
		if n := scrape(t, director, tunerMetrics, "weight_tuner_")[series("weight_tuner_conflicts_total", "service", "tcp/10.0.1.100:80")]; n != 0 {
			t.Errorf("%v conflicts on %s:\n%s", n, director, out)
		}
	}
}

// serves has one director's weights follow a change, and the other one's stay.
func (p *pair) serves(one, other string, favoured int) {
	p.Helper()
	before, writes := p.weights(other), p.writes(other)
	p.favour(favoured)
	p.await("weights on "+one, func() bool { return sharesOf(p.weights(one))[pairServer(favoured)] > 0.7 })
	if now := p.weights(other); !maps.Equal(now, before) || p.writes(other) != writes {
		p.Errorf("meanwhile the weights on %s became %v, from %v, with %v writes:\n%s", other, now, before, p.writes(other)-writes, p.tuners[other])
	}
	if got := visit("client", "tcp", "10.0.1.100:80", 4); got[""] > 0 {
		p.Errorf("of clients of %s %d have no answer", one, got[""])
	}
}

// hold opens connections through one director, until the other knows them too.
func (p *pair) hold(one, other string) map[string][]net.Conn {
	p.Helper()
	before := p.established(one)
	held := hold(p.T, "client", "tcp", "10.0.1.100:80", 6)
	p.await("connections are known on both", func() bool { return p.established(one) == before+6 && p.established(other) >= 6 })
	return held
}

// expectAlive ends connections from the client's side, as the server is to see
// and to do too.
func (p *pair) expectAlive(held map[string][]net.Conn) {
	p.Helper()
	for server, conns := range held {
		for _, conn := range conns {
			_ = conn.SetDeadline(time.Now().Add(patience))
			_ = conn.(*net.TCPConn).CloseWrite()
			if rest, err := io.ReadAll(conn); err != nil {
				p.Errorf("a connection to %s was lost: %v, after %q", server, err, rest)
			}
		}
	}
}
