package director

import (
	"net/netip"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

func persistent(id ipvs.ServiceID, mask ipvs.Netmask) ipvs.VirtualService {
	return ipvs.VirtualService{ID: id, Scheduler: "rr", Flags: ipvs.FlagPersistent, Persistence: 100 * time.Second, Netmask: mask}
}

// Clients stick to their server, each for itself or by networks, on each port
// or on all.
func TestPersistence(t *testing.T) {
	address := func(text string) ipvs.ServiceID { return ipvs.AddressService(ipvs.TCP, netip.MustParseAddrPort(text)) }
	type visit struct{ client, to string }
	tests := []struct {
		name   string
		v      ipvs.VirtualService
		visits []visit
		want   string
	}{
		{"each client", persistent(address("10.8.0.1:80"), ipvs.Netmask{}),
			[]visit{{"10.0.0.1:1", ""}, {"10.0.0.2:1", ""}, {"10.0.0.1:2", ""}, {"10.0.0.2:2", ""}}, "abab"},
		{"each network", persistent(address("10.8.0.1:80"), ipvs.Netmask4([4]byte{255, 255, 255, 0})),
			[]visit{{"10.0.0.1:1", ""}, {"10.0.0.2:1", ""}, {"10.0.1.1:1", ""}, {"10.0.0.3:1", ""}}, "aaba"},
		{"each IPv6 network", persistent(address("[fd08::1]:80"), ipvs.Netmask6(64)),
			[]visit{{"[fd03::1]:1", ""}, {"[fd03::2]:1", ""}, {"[fd03:0:0:1::1]:1", ""}, {"[fd03::3]:1", ""}}, "aaba"},
		{"on all ports", persistent(address("10.8.0.1:0"), ipvs.Netmask{}),
			[]visit{{"10.0.0.1:1", "10.8.0.1:80"}, {"10.0.0.1:2", "10.8.0.1:443"}, {"10.0.0.2:1", "10.8.0.1:80"}}, "aab"},
		{"at all addresses of a firewall mark", persistent(ipvs.MarkService(ipvs.IPv4, 7), ipvs.Netmask{}),
			[]visit{{"10.0.0.1:1", "10.8.0.1:80"}, {"10.0.0.1:1", "10.8.0.2:443"}, {"10.0.0.2:1", "10.8.0.1:80"}}, "aab"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serviceOf(t, Options{}, tt.v, 1, 1, 1)
			got := ""
			for _, v := range tt.visits {
				f := Flow{Client: netip.MustParseAddrPort(v.client)}
				if v.to != "" {
					f.To = netip.MustParseAddrPort(v.to)
				}
				c, _ := s.Connect(0, f)
				got += string('a' + rune(s.known[c.Server].at))
			}
			if got != tt.want {
				t.Errorf("went to %s, want %s", got, tt.want)
			}
		})
	}
}

// A service of every port needs persistence.
func TestEveryPort(t *testing.T) {
	id := ipvs.AddressService(ipvs.TCP, netip.MustParseAddrPort("10.8.0.1:0"))
	s := serviceOf(t, Options{}, ipvs.VirtualService{ID: id, Scheduler: "rr"}, 1)
	if _, verdict := s.Connect(0, Flow{Client: clientOf(1, 1), To: netip.MustParseAddrPort("10.8.0.1:80")}); verdict != Unreachable {
		t.Errorf("verdict %d, want %d", verdict, Unreachable)
	}
}

// A template outlives its timeout while there are connections by it, a minute
// at a time, and that is its timeout from then on.
func TestTemplatesLife(t *testing.T) {
	s := serviceOf(t, Options{}, persistent(ipvs.ServiceID{}, ipvs.Netmask{}), 1)
	d := s.director
	c, _ := s.Connect(0, Flow{Client: clientOf(1, 1)})
	d.FromClient(0, c, ACK)
	steps := []struct {
		at, expires time.Duration
		do          func(now time.Duration)
	}{
		{99 * time.Second, time.Second, nil},
		{100 * time.Second, 60 * time.Second, nil},
		{130 * time.Second, 60 * time.Second, func(now time.Duration) { s.Connect(now, Flow{Client: clientOf(1, 2)}) }},
		{190 * time.Second, 60 * time.Second, nil},
		{200 * time.Second, 50 * time.Second, func(now time.Duration) { d.FromClient(now, c, FIN); d.FromServer(now, c, FIN) }},
		{250 * time.Second, 60 * time.Second, nil}, // closed, but still counted
		{309 * time.Second, time.Second, nil},
	}
	for _, step := range steps {
		d.Expire(step.at)
		if step.do != nil {
			step.do(step.at)
		}
		if got := templateOf(t, d); got.Expires != step.expires {
			t.Errorf("at %s the template expires in %s, want %s", step.at, got.Expires, step.expires)
		}
	}
	if n := s.Servers(369 * time.Second)[0].PersistentConnections; n != 1 {
		t.Errorf("%d templates 49 s after the last connection's end, want 1", n)
	}
	if n := s.Servers(370 * time.Second)[0].PersistentConnections; n != 0 {
		t.Errorf("%d templates at the end of their timeout, want none", n)
	}
}

func templateOf(t *testing.T, d *Director) Entry {
	t.Helper()
	for _, e := range d.Connections(d.now) {
		if e.Template {
			return e
		}
	}
	t.Fatalf("no template at %s", d.now)
	return Entry{}
}

// Weight 0 keeps a template's clients only if the director is told so, and
// being overloaded never does.
func TestTemplatesOfQuiescentServers(t *testing.T) {
	for expire, want := range map[bool]int{false: 0, true: 1} {
		s := serviceOf(t, Options{ExpireQuiescentTemplate: expire}, persistent(ipvs.ServiceID{}, ipvs.Netmask{}), 1, 1)
		s.Connect(0, Flow{Client: clientOf(1, 1)})
		overload(t, s, 1)
		setWeight(t, s, 0, 0)
		setWeight(t, s, 1, 0)
		if want == 1 {
			setWeight(t, s, 1, 1)
			s.scan[1].overloaded = false
		}
		c, verdict := s.Connect(0, Flow{Client: clientOf(1, 2)})
		if got := s.known[c.Server].at; verdict != Forwarded || got != want {
			t.Errorf("expire_quiescent_template %v: went to %d, verdict %d, want %d", expire, got, verdict, want)
		}
	}
}
