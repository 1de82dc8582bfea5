package ipvstest

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Client is what the conformance suite tests.
type Client interface {
	Table() (*ipvs.Table, error)
	Servers(ipvs.ServiceID) ([]ipvs.RealServer, error)
	EditServers(ipvs.ServiceID, []ipvs.ServerEdit) []ipvs.Edited
	SetScheduler(ipvs.ServiceID, ipvs.Scheduling) (written bool, err error)
}

// Conform tests that a client shows and edits a director as this module
// expects. open arranges a fresh director that has the given services, their
// servers added in order, and returns its client, which is used in the same
// goroutine only: open may give that a network namespace of its own.
func Conform(t *testing.T, open func(*testing.T, []ipvs.VirtualService) Client) {
	t.Run("empty table", func(t *testing.T) { conformEmpty(t, open(t, nil)) })
	t.Run("table", func(t *testing.T) { conformTable(t, open(t, Services())) })
	t.Run("servers", func(t *testing.T) { conformServers(t, open(t, Services())) })
	t.Run("edit", func(t *testing.T) { conformEdits(t, open(t, Services())) })
	t.Run("many edits", func(t *testing.T) { conformManyEdits(t, open(t, Services())) })
	t.Run("refused edit", func(t *testing.T) { conformRefusals(t, open(t, Services())) })
	t.Run("scheduler", func(t *testing.T) { conformSchedulers(t, open(t, Services())) })
	t.Run("refused scheduler", func(t *testing.T) { conformSchedulerRefusals(t, open(t, Services())) })
}

// Services are virtual services of every kind that the suite covers.
func Services() []ipvs.VirtualService {
	return []ipvs.VirtualService{
		service("tcp/10.0.0.1:80", "wrr",
			ipvs.RealServer{ID: server("10.0.0.2:80"), Weight: 100, UpperThreshold: 500, LowerThreshold: 400},
			ipvs.RealServer{ID: server("10.0.0.3:8080"), Weight: 65535},
			ipvs.RealServer{ID: server("10.0.0.4:80"), Weight: 0}),
		service("udp/10.0.0.1:53", "rr",
			ipvs.RealServer{ID: server("10.0.0.2:53"), Forward: ipvs.Route, Weight: 1}),
		service("sctp/10.0.0.1:5060", "wlc",
			ipvs.RealServer{ID: server("10.0.0.2:5060"), Weight: 1}),
		service("tcp/[2001:db8::1]:80", "wlc",
			ipvs.RealServer{ID: server("[2001:db8::2]:80"), Weight: 3, UpperThreshold: 9}),
		service("tcp/10.0.0.9:443", "sh"),
		tunnels(),
		persistent("tcp/10.0.0.7:21", ipvs.Netmask4([4]byte{255, 255, 255, 0})),
		persistent("tcp/[2001:db8::7]:21", ipvs.Netmask6(64)),
		persistent("tcp/10.0.0.8:21", ipvs.Netmask{}),
		onePacket(),
		service("fwm/258", "rr",
			ipvs.RealServer{ID: server("10.0.0.2:0"), Weight: 1}),
		service("fwm6/258", "rr",
			ipvs.RealServer{ID: server("[2001:db8::2]:0"), Weight: 1}),
		service("fwm/4294967295", "wrr"),
	}
}

func tunnels() ipvs.VirtualService {
	return service("tcp/10.0.0.5:80", "wrr",
		ipvs.RealServer{ID: server("10.0.0.2:80"), Forward: ipvs.Tunnelled, Weight: 1},
		ipvs.RealServer{ID: server("10.0.0.3:80"), Forward: ipvs.Tunnelled, Weight: 1, Tunnel: ipvs.Tunnel{Type: ipvs.GUE, Port: 6080}},
		ipvs.RealServer{ID: server("10.0.0.4:80"), Forward: ipvs.Tunnelled, Weight: 1, Tunnel: ipvs.Tunnel{Type: ipvs.GRE, Flags: 1}},
		ipvs.RealServer{ID: server("[2001:db8::4]:80"), Forward: ipvs.Tunnelled, Weight: 1})
}

func persistent(id string, mask ipvs.Netmask) ipvs.VirtualService {
	s := service(id, "rr")
	s.Flags = ipvs.FlagPersistent
	s.Persistence = 5 * time.Minute
	s.Netmask = mask
	return s
}

func onePacket() ipvs.VirtualService {
	s := service("udp/10.0.0.1:514", "mh")
	s.Flags = ipvs.FlagOnePacket | ipvs.FlagScheduler1 | ipvs.FlagScheduler2
	return s
}

func service(id, scheduler string, servers ...ipvs.RealServer) ipvs.VirtualService {
	parsed, err := ipvs.ParseServiceID(id)
	if err != nil {
		panic(err)
	}
	return ipvs.VirtualService{ID: parsed, Scheduler: scheduler, Servers: servers}
}

func server(id string) ipvs.ServerID { return ipvs.ServerID{AddrPort: netip.MustParseAddrPort(id)} }

func conformEmpty(t *testing.T, c Client) {
	table, err := c.Table()
	if err != nil {
		t.Fatal(err)
	}
	if len(table.Services) != 0 {
		t.Errorf("an empty director has services %v", table.Services)
	}
	if table.Director.Version == (ipvs.Version{}) {
		t.Error("the director has no version")
	}
}

func conformTable(t *testing.T, c Client) {
	table, err := c.Table()
	if err != nil {
		t.Fatal(err)
	}
	want := Services()
	for i := range want {
		slices.Reverse(want[i].Servers) // the newest comes first
	}
	if table.Duplicates != 0 || table.Retries != 0 {
		t.Errorf("a quiet table was read with %d duplicates and %d retries", table.Duplicates, table.Retries)
	}
	compareServices(t, table.Services, want)
}

// compareServices ignores the order of services, which is the kernel's hash.
func compareServices(t *testing.T, got, want []ipvs.VirtualService) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d services, want %d", len(got), len(want))
	}
	for _, w := range want {
		i := slices.IndexFunc(got, func(s ipvs.VirtualService) bool { return s.ID == w.ID })
		if i < 0 {
			t.Errorf("%s is missing", w.ID)
			continue
		}
		g := got[i]
		if !slices.Equal(g.Servers, w.Servers) {
			t.Errorf("%s: real servers\n got %+v\nwant %+v", w.ID, g.Servers, w.Servers)
		}
		if g.Scheduler != w.Scheduler || g.Flags != w.Flags || g.Netmask != w.Netmask || g.Engine != w.Engine ||
			w.Flags.Has(ipvs.FlagPersistent) && g.Persistence != w.Persistence {
			t.Errorf("%s:\n got %+v\nwant %+v", w.ID, g, w)
		}
	}
}

func conformServers(t *testing.T, c Client) {
	for _, want := range Services() {
		got, err := c.Servers(want.ID)
		if err != nil {
			t.Error(err)
			continue
		}
		slices.Reverse(want.Servers)
		if !slices.Equal(got, want.Servers) {
			t.Errorf("%s:\n got %+v\nwant %+v", want.ID, got, want.Servers)
		}
	}
	missing := service("tcp/10.9.9.9:80", "").ID
	if _, err := c.Servers(missing); !errors.Is(err, ipvs.ErrNoService) {
		t.Errorf("real servers of a missing service: error %v, want %v", err, ipvs.ErrNoService)
	}
}

func conformEdits(t *testing.T, c Client) {
	for _, s := range Services() {
		for _, before := range s.Servers {
			for _, edit := range []ipvs.Edit{
				{Weight: new(uint32(7))},
				{Weight: new(uint32(0))},
				{Weight: new(uint32(65535))},
				{Weight: new(uint32(1<<31 - 1))},
				{UpperThreshold: new(uint32(1000)), LowerThreshold: new(uint32(800))},
				{UpperThreshold: new(uint32(0)), LowerThreshold: new(uint32(0))},
				{UpperThreshold: new(uint32(900)), IfWeight: new(uint32(1<<31 - 1))},
				{Weight: &before.Weight, UpperThreshold: &before.UpperThreshold, LowerThreshold: &before.LowerThreshold},
			} {
				conformEdit(t, c, s.ID, before.ID, edit)
			}
		}
	}
}

// conformEdit makes an edit twice: the first changes what it names and
// nothing else, the second writes nothing.
func conformEdit(t *testing.T, c Client, id ipvs.ServiceID, server ipvs.ServerID, edit ipvs.Edit) {
	t.Helper()
	before := find(t, c, id, server)
	want, err := edit.Apply(before)
	if err != nil {
		t.Fatal(err)
	}
	for _, shouldWrite := range []bool{want != before, false} {
		written, err := editOne(c, id, server, edit)
		if err != nil {
			t.Error(err)
			return
		}
		if written != shouldWrite {
			t.Errorf("edit of %s in %s: written is %t, want %t", server, id, written, shouldWrite)
		}
		if got := find(t, c, id, server); got != want {
			t.Errorf("edit of %s in %s:\n got %+v\nwant %+v", server, id, got, want)
		}
	}
}

func editOne(c Client, id ipvs.ServiceID, server ipvs.ServerID, edit ipvs.Edit) (written bool, err error) {
	result := c.EditServers(id, []ipvs.ServerEdit{{Server: server, Edit: edit}})[0]
	return result.Written, result.Err
}

// conformManyEdits makes edits of a service's real servers together, of which
// some are refused and one comes on top of another.
func conformManyEdits(t *testing.T, c Client) {
	s := Services()[0]
	edits := []ipvs.ServerEdit{
		{Server: s.Servers[2].ID, Edit: ipvs.Edit{Weight: new(uint32(7))}},
		{Server: server("10.9.9.9:80"), Edit: ipvs.Edit{Weight: new(uint32(7))}},
		{Server: s.Servers[0].ID, Edit: ipvs.Edit{Weight: new(uint32(100))}},
		{Server: s.Servers[0].ID, Edit: ipvs.Edit{LowerThreshold: new(uint32(501))}},
		{Server: s.Servers[0].ID, Edit: ipvs.Edit{Weight: new(uint32(9)), IfWeight: new(uint32(1))}},
		{Server: s.Servers[1].ID, Edit: ipvs.Edit{Weight: new(uint32(8))}},
		{Server: s.Servers[2].ID, Edit: ipvs.Edit{UpperThreshold: new(uint32(9))}},
	}
	want := []string{
		"true", "false ipvs: edit of 10.9.9.9:80 in tcp/10.0.0.1:80: no such real server", "false",
		"false ipvs: edit of 10.0.0.2:80 in tcp/10.0.0.1:80: the lower threshold is over the upper one",
		"false ipvs: edit of 10.0.0.2:80 in tcp/10.0.0.1:80: the weight has changed: it is 100, not 1", "true", "true",
	}
	for i, r := range c.EditServers(s.ID, edits) {
		got := fmt.Sprint(r.Written)
		if r.Err != nil {
			got += " " + r.Err.Error()
		}
		if got != want[i] {
			t.Errorf("edit %d: %s, want %s", i, got, want[i])
		}
	}
	s.Servers[2].Weight, s.Servers[2].UpperThreshold, s.Servers[1].Weight = 7, 9, 8
	slices.Reverse(s.Servers)
	if got, err := c.Servers(s.ID); err != nil || !slices.Equal(got, s.Servers) {
		t.Errorf("%v:\n got %+v\nwant %+v", err, got, s.Servers)
	}
	if results := c.EditServers(s.ID, nil); len(results) != 0 {
		t.Errorf("no edits came to %+v", results)
	}
}

func find(t *testing.T, c Client, id ipvs.ServiceID, server ipvs.ServerID) ipvs.RealServer {
	t.Helper()
	servers, err := c.Servers(id)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(servers, func(s ipvs.RealServer) bool { return s.ID == server })
	if i < 0 {
		t.Fatalf("%s in %s is missing", server, id)
	}
	return servers[i]
}

func conformRefusals(t *testing.T, c Client) {
	s := Services()[0]
	first := s.Servers[0].ID
	for _, test := range []struct {
		id     ipvs.ServiceID
		server ipvs.ServerID
		edit   ipvs.Edit
		want   string
	}{
		{service("tcp/10.9.9.9:80", "").ID, first, ipvs.Edit{Weight: new(uint32(1))},
			"ipvs: edit of 10.0.0.2:80 in tcp/10.9.9.9:80: no such virtual service"},
		{s.ID, server("10.9.9.9:80"), ipvs.Edit{Weight: new(uint32(1))},
			"ipvs: edit of 10.9.9.9:80 in tcp/10.0.0.1:80: no such real server"},
		{s.ID, server("10.0.0.2:81"), ipvs.Edit{Weight: new(uint32(1))},
			"ipvs: edit of 10.0.0.2:81 in tcp/10.0.0.1:80: no such real server"},
		{s.ID, first, ipvs.Edit{Weight: new(uint32(1 << 31))},
			"ipvs: edit of 10.0.0.2:80 in tcp/10.0.0.1:80: the value is over 2147483647"},
		{s.ID, first, ipvs.Edit{LowerThreshold: new(uint32(501))},
			"ipvs: edit of 10.0.0.2:80 in tcp/10.0.0.1:80: the lower threshold is over the upper one"},
		{s.ID, first, ipvs.Edit{Weight: new(uint32(8)), IfWeight: new(uint32(7))},
			"ipvs: edit of 10.0.0.2:80 in tcp/10.0.0.1:80: the weight has changed: it is 100, not 7"},
	} {
		written, err := editOne(c, test.id, test.server, test.edit)
		if written || err == nil || err.Error() != test.want {
			t.Errorf("written %t, error %v, want %s", written, err, test.want)
		}
		if got := find(t, c, s.ID, first); got != s.Servers[0] {
			t.Errorf("a refused edit left %+v, want %+v", got, s.Servers[0])
		}
	}
}
