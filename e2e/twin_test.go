//go:build lab

package e2e

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/director"
)

// twin is a director of the kernel and a simulated one that are told the same.
type twin struct {
	*testing.T
	frames    *frames
	kernel    *ipvs.Client
	simulated *director.Director
	clock     *clock
}

// clock is the simulation's: real time since the start, or ahead of that.
type clock struct {
	start time.Time
	ahead time.Duration
}

// twinConn is a connection through both.
type twinConn struct {
	director.Conn
	protocol ipvs.Protocol
	client   netip.AddrPort
	to       netip.AddrPort
	server   ipvs.RealServer
}

// keepTableSize: as Linux 7.1 and later move entries to a larger table, a packet
// may find the one of its address that is about to end and not the new one.
const keepTableSize = `lfactor=/proc/sys/net/ipv4/vs/conn_lfactor; [ ! -e $lfactor ] || echo 8 >$lfactor
`

// newTwin makes both directors, with the services that ipvsadm -R reads. The
// kernel is set by a shell's commands, and the simulation by o, but for the
// timeouts and the overhead factor, which are read from the kernel.
func newTwin(t *testing.T, settings string, o director.Options, services string) *twin {
	t.Helper()
	w := &twin{T: t, frames: wireDirector(t), clock: &clock{start: time.Now()}}
	shIn(t, "director", keepTableSize+settings)
	netns, err := ipvs.OpenNetns("/run/netns/director")
	if err != nil {
		t.Fatal(err)
	}
	w.kernel = ipvs.NewClient(ipvs.Options{Source: ipvs.Netlink, Netns: netns})
	t.Cleanup(func() { _ = w.kernel.Close() })
	ipvsadm(t, "director", services)
	table, err := w.kernel.Table()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("kernel %s, overhead factor %d", table.Director.Kernel, table.Director.OverheadFactor)
	o.OverheadFactor = table.Director.OverheadFactor
	o.Timeouts = table.Director.Timeouts
	w.simulated, err = director.New(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range table.Services {
		if _, err := w.simulated.AddService(0, s); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// on is the same twin in a subtest.
func (w *twin) on(t *testing.T) *twin {
	inOrder(t)
	at := *w
	at.T = t
	return &at
}

func (w *twin) now() time.Duration { return max(time.Since(w.clock.start), w.clock.ahead) }

func (w *twin) service(id string) *director.Service {
	w.Helper()
	s := w.simulated.Service(parseService(w, id))
	if s == nil {
		w.Fatalf("no service %s", id)
	}
	return s
}

func parseService(t testing.TB, id string) ipvs.ServiceID {
	t.Helper()
	parsed, err := ipvs.ParseServiceID(id)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// connect sends the first packet of a connection.
func (w *twin) connect(s *director.Service, f director.Flow) (twinConn, bool) {
	w.Helper()
	kind := director.SYN
	if f.Protocol == ipvs.SCTP {
		kind = director.Init
	}
	now := w.now() // before an entry ends that the kernel may still have
	w.frames.send(w.T, f.Protocol, f.Client, f.To, kind)
	c, verdict := s.Connect(now, f)
	if verdict != director.Forwarded {
		return twinConn{}, false
	}
	return twinConn{c, f.Protocol, f.Client, f.To, s.Server(c.Server)}, true
}

func (w *twin) fromClient(c twinConn, kind director.Segment) {
	w.Helper()
	w.frames.send(w.T, c.protocol, c.client, c.to, kind)
	w.simulated.FromClient(w.now(), c.Conn, kind)
}

// fromServer sends a packet of the real server if it answers through the
// director.
func (w *twin) fromServer(c twinConn, kind director.Segment) {
	w.Helper()
	if c.server.Forward != ipvs.Masq {
		return
	}
	from := netip.AddrPortFrom(c.server.ID.Addr(), cmp.Or(c.server.ID.Port(), c.to.Port()))
	w.frames.send(w.T, c.protocol, from, c.client, kind)
	w.simulated.FromServer(w.now(), c.Conn, kind)
}

// edit changes a real server of both.
func (w *twin) edit(s *director.Service, server ipvs.ServerID, e ipvs.Edit) {
	w.Helper()
	w.settle(s)
	want, err := s.EditServer(w.now(), server, e)
	if err != nil {
		w.Fatal(err)
	}
	got := w.kernel.EditServers(s.ID(), []ipvs.ServerEdit{{Server: server, Edit: e}})[0]
	if got.Err != nil || got.Written != want {
		w.Fatalf("edit: written %v, want %v; %v", got.Written, want, got.Err)
	}
}

// add adds a real server to both.
func (w *twin) add(s *director.Service, r ipvs.RealServer) {
	w.Helper()
	w.settle(s)
	ipvsadm(w, "director", fmt.Sprintf("-a %s -r %s %s -w %d -x %d -y %d", option(s.ID()), r.ID,
		map[ipvs.Forward]string{ipvs.Masq: "-m", ipvs.Route: "-g"}[r.Forward], r.Weight, r.UpperThreshold, r.LowerThreshold))
	if err := s.AddServer(w.now(), r); err != nil {
		w.Fatal(err)
	}
}

// delete deletes a real server from both.
func (w *twin) delete(s *director.Service, server ipvs.ServerID) {
	w.Helper()
	w.settle(s)
	ipvsadm(w, "director", fmt.Sprintf("-d %s -r %s", option(s.ID()), server))
	if err := s.DeleteServer(w.now(), server); err != nil {
		w.Fatal(err)
	}
}

// option says a service as ipvsadm wants it.
func option(id ipvs.ServiceID) string {
	if id.Mark != 0 {
		return fmt.Sprintf("-f %d%s", id.Mark, strings.Repeat(" -6", int(id.MarkFamily)/int(ipvs.IPv6)))
	}
	return map[ipvs.Protocol]string{ipvs.TCP: "-t ", ipvs.UDP: "-u ", ipvs.SCTP: "--sctp-service "}[id.Protocol] + id.Address.String()
}
