package director

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// What packets do to a connection: its state, whether it is active, and how
// long it stays. Packets are of the client (c) or the server (s).
func TestStates(t *testing.T) {
	tests := []struct {
		name     string
		protocol ipvs.Protocol
		forward  ipvs.Forward
		packets  string
		want     string
		active   bool
		expires  time.Duration
	}{
		{"the server refuses", ipvs.TCP, ipvs.Masq, "sRST", "close", false, 10 * time.Second},
		{"the client gives up", ipvs.TCP, ipvs.Masq, "cRST", "syn_recv", true, 60 * time.Second},
		{"half open", ipvs.TCP, ipvs.Masq, "", "syn_recv", true, 60 * time.Second},
		{"half answered", ipvs.TCP, ipvs.Masq, "sSYN", "syn_recv", true, 60 * time.Second},
		{"open", ipvs.TCP, ipvs.Masq, "sSYN cACK", "established", true, 900 * time.Second},
		{"closed by the client", ipvs.TCP, ipvs.Masq, "sSYN cACK cFIN", "close_wait", false, 60 * time.Second},
		{"and the server", ipvs.TCP, ipvs.Masq, "sSYN cACK cFIN sFIN cACK", "time_wait", false, 120 * time.Second},
		{"closed by the server", ipvs.TCP, ipvs.Masq, "sSYN cACK sFIN", "fin_wait", false, 120 * time.Second},
		{"and the client", ipvs.TCP, ipvs.Masq, "sSYN cACK sFIN cFIN", "time_wait", false, 120 * time.Second},
		{"reset by the client", ipvs.TCP, ipvs.Masq, "sSYN cACK cRST", "close", false, 10 * time.Second},
		{"a SYN again while open", ipvs.TCP, ipvs.Masq, "cACK cSYN", "established", true, 900 * time.Second},

		{"the server is not seen", ipvs.TCP, ipvs.Route, "sSYN cACK sFIN sRST", "established", true, 900 * time.Second},
		{"closed by the client", ipvs.TCP, ipvs.Route, "cACK cFIN cACK", "fin_wait", false, 120 * time.Second},
		{"closed twice", ipvs.TCP, ipvs.Tunnelled, "cACK cFIN cFIN", "fin_wait", false, 120 * time.Second},
		{"reset by the client", ipvs.TCP, ipvs.Local, "cACK cRST", "close", false, 10 * time.Second},

		{"a datagram", ipvs.UDP, ipvs.Masq, "", "udp", false, 300 * time.Second},
		{"an answer", ipvs.UDP, ipvs.Masq, "sACK", "udp", false, 300 * time.Second},

		{"INIT", ipvs.SCTP, ipvs.Masq, "", "init1", false, 4 * time.Second},
		{"open", ipvs.SCTP, ipvs.Masq, "sINIT-ACK cCOOKIE sCOOKIE-ACK", "established", true, 900 * time.Second},
		{"closed", ipvs.SCTP, ipvs.Masq, "sINIT-ACK cCOOKIE sCOOKIE-ACK cSHUTDOWN", "s-received", false, 61 * time.Second},
		{"the server is not seen", ipvs.SCTP, ipvs.Route, "sINIT-ACK cCOOKIE", "established", true, 900 * time.Second},
		{"aborted", ipvs.SCTP, ipvs.Route, "cCOOKIE cABORT", "closed", false, 61 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.protocol.String()+" "+tt.forward.String()+" "+tt.name, func(t *testing.T) {
			id := ipvs.AddressService(tt.protocol, netip.MustParseAddrPort("10.8.0.1:80"))
			servers := []ipvs.RealServer{{ID: serverOf(0), Forward: tt.forward, Weight: 1}}
			s := serviceOf(t, Options{}, ipvs.VirtualService{ID: id, Scheduler: "rr", Servers: servers})
			d := s.director
			c, _ := s.Connect(0, Flow{Client: clientOf(1, 1)})
			for i, packet := range strings.Fields(tt.packets) {
				send(t, d, time.Duration(i+1)*time.Second, c, packet)
			}
			last := d.now
			entries := d.Connections(last)
			if len(entries) != 1 {
				t.Fatalf("%d connections", len(entries))
			}
			e := entries[0]
			if tt.forward != ipvs.Masq {
				e.Expires = tt.expires // not every packet was seen
			}
			if e.State != tt.want || e.Expires != tt.expires {
				t.Errorf("%s, %s; want %s, %s", e.State, e.Expires, tt.want, tt.expires)
			}
			if got := s.Servers(last)[0]; got.ActiveConnections+got.InactiveConnections != 1 || (got.ActiveConnections == 1) != tt.active {
				t.Errorf("%d active, %d inactive, want it active: %v", got.ActiveConnections, got.InactiveConnections, tt.active)
			}
			if d.Expire(last + tt.expires); len(d.Connections(last+tt.expires)) != 0 || s.scan[0].total != 0 || s.scan[0].active != 0 {
				t.Errorf("not gone in time: %+v", s.scan[0])
			}
		})
	}
}

func send(t *testing.T, d *Director, now time.Duration, c Conn, packet string) {
	t.Helper()
	kinds := map[string]Segment{
		"SYN": SYN, "FIN": FIN, "ACK": ACK, "RST": RST,
		"INIT-ACK": InitAck, "COOKIE": CookieEcho, "COOKIE-ACK": CookieAck, "SHUTDOWN": Shutdown, "ABORT": Abort,
	}
	kind, known := kinds[packet[1:]]
	if !known {
		t.Fatalf("no packet %q", packet)
	}
	if packet[0] == 's' {
		d.FromServer(now, c, kind)
	} else if verdict := d.FromClient(now, c, kind); verdict != Forwarded {
		t.Fatalf("verdict %d", verdict)
	}
}

// ipvsadm --set changes three of the timeouts.
func TestTimeouts(t *testing.T) {
	d, err := New(Options{Timeouts: ipvs.Timeouts{TCPFin: 7 * time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	want := ipvs.Timeouts{TCP: 900 * time.Second, TCPFin: 7 * time.Second, UDP: 300 * time.Second}
	if got := d.Table(0).Director.Timeouts; got != want {
		t.Errorf("timeouts %v, want %v", got, want)
	}
	s, err := d.AddService(0, ipvs.VirtualService{
		ID:        ipvs.AddressService(ipvs.TCP, netip.MustParseAddrPort("10.8.0.1:80")),
		Scheduler: "rr", Servers: []ipvs.RealServer{{ID: serverOf(0), Weight: 1, Forward: ipvs.Route}},
	})
	if err != nil {
		t.Fatal(err)
	}
	c, _ := s.Connect(0, Flow{Client: clientOf(1, 1)})
	d.FromClient(0, c, ACK)
	d.FromClient(time.Second, c, FIN)
	if len(d.Connections(8*time.Second-1)) != 1 || len(d.Connections(8*time.Second)) != 0 {
		t.Error("a connection that was closed at 1 s was not gone at 8 s")
	}
	if verdict := d.FromClient(8*time.Second, c, ACK); verdict != Unknown {
		t.Errorf("verdict on a packet after the end %d, want %d", verdict, Unknown)
	}
}
