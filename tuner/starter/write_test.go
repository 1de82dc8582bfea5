package starter

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/golden"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sharing"
)

func TestWriteNothingForEmptyTable(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, tuner.Snapshot{Table: &ipvs.Table{}}, nil); !errors.Is(err, ErrEmpty) || b.Len() > 0 {
		t.Errorf("error %v, wrote\n%s", err, &b)
	}
}

func TestWrite(t *testing.T) {
	shop := addressed(ipvs.TCP, 1)
	tests := []struct {
		name  string
		netns string
		names map[ipvs.ServiceID]string
		table []ipvs.VirtualService
	}{
		{"few", "/run/netns/blue[1]", map[ipvs.ServiceID]string{shop: "shop\nservices: []"}, []ipvs.VirtualService{
			service(shop, "wrr", 100, 1),
			service(addressed(ipvs.TCP, 2), "wlc", 1, 1, 1, 1, 1, 1, 1, 1),
			service(addressed(ipvs.TCP, 3), "rr", 1, 0),
			service(addressed(ipvs.UDP, 4), "sed", 0, 0),
			service(addressed(ipvs.SCTP, 5), "fo"),
			marked(),
			{ID: addressed(ipvs.TCP, 6), Scheduler: "wrr", Flags: ipvs.FlagOnePacket, Servers: servers(ipvs.Tunnelled, 2000, 70000)},
		}},
		{"many", "", nil, many(30, 4)},
		{"many that are not tuned", "", nil, many(2, 40)},
		{"many of both", "", nil, many(30, 40)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := tuner.Snapshot{Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Netns: test.netns, Table: &ipvs.Table{Services: test.table}}
			golden.Expect(t, strings.ReplaceAll(test.name, " ", "-")+".yaml", []byte(written(t, s, test.names)))
		})
	}
}

// What a refusal says to use instead, a configuration may say.
func TestInstead(t *testing.T) {
	for _, scheduler := range []string{"rr", "lc", "dh", "fo", "ovf", "none", "unknown", "lblc", "lblcr", "sed", "nq"} {
		v := service(addressed(ipvs.UDP, 1), scheduler)
		v.Scheduler = advise(&v).scheduler
		if why := sharing.Refusal(&v); v.Scheduler == scheduler || why != "" {
			t.Errorf("instead of %s use %q, which %s", scheduler, v.Scheduler, why)
		}
	}
}

// TestWrittenIsValid has tables of all kinds: what is written for them is a
// configuration that writes nothing, and has each service under the policy that
// suits it, or under one that leaves it alone by itself.
func TestWrittenIsValid(t *testing.T) {
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 0))
		s := randomSnapshot(random)
		text := written(t, s, map[ipvs.ServiceID]string{s.Table.Services[0].ID: "a: \n'b\"\u0085#"})
		c, err := tuner.LoadConfig(strings.NewReader(text), "f")
		if err != nil || !c.DryRun {
			t.Fatalf("seed %d: dry run %t, error %v in\n%s", seed, c.DryRun, err, text)
		}
		c = c.In(s.Netns)
		for i := range s.Table.Services {
			v := &s.Table.Services[i]
			if got, want := policyOf(c, v.ID), advise(v).policy; got != want && (got != tuner.Optimize || len(s.Table.Services) <= mostSingle) {
				t.Fatalf("seed %d: %s has the policy %q, not %s, in\n%s", seed, v.ID, got, want, text)
			}
		}
	}
}

func policyOf(c tuner.Config, id ipvs.ServiceID) tuner.Policy {
	for _, s := range c.Services {
		if ipvs.MatchGlob(s.Match, id.String()) {
			return s.Policy
		}
	}
	return ""
}

func written(t *testing.T, s tuner.Snapshot, names map[ipvs.ServiceID]string) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, s, names); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func addressed(p ipvs.Protocol, n uint16) ipvs.ServiceID {
	return ipvs.AddressService(p, netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, 1}), n))
}

func service(id ipvs.ServiceID, scheduler string, weights ...uint32) ipvs.VirtualService {
	return ipvs.VirtualService{ID: id, Scheduler: scheduler, Servers: servers(ipvs.Masq, weights...)}
}

func servers(by ipvs.Forward, weights ...uint32) []ipvs.RealServer {
	var all []ipvs.RealServer
	for i, w := range weights {
		all = append(all, ipvs.RealServer{ID: serverAt(i), Forward: by, Weight: w})
	}
	return all
}

func serverAt(i int) ipvs.ServerID {
	id, err := ipvs.ParseServerID(fmt.Sprintf("10.0.%d.%d:80", 1+i/250, 1+i%250))
	if err != nil {
		panic(err) // which no number of the tests brings about
	}
	return id
}

func marked() ipvs.VirtualService {
	return ipvs.VirtualService{ID: ipvs.MarkService(ipvs.IPv6, 7), Scheduler: "mh", Flags: ipvs.FlagPersistent | ipvs.FlagScheduler1,
		Persistence: 5 * time.Minute, Servers: servers(ipvs.Route, 1, 1)}
}

// many returns services that can be tuned, and others that cannot.
func many(tuned, left int) []ipvs.VirtualService {
	all := []ipvs.VirtualService{marked()}
	for i := range tuned {
		all = append(all, service(addressed(ipvs.TCP, uint16(1000+i)), []string{"wrr", "wlc"}[i%2], 1, 2, uint32(i%3)))
	}
	for i := range left {
		all = append(all, service(addressed(ipvs.TCP, uint16(2000+i)), "rr", 1, 1))
	}
	return all
}

func randomSnapshot(r *rand.Rand) tuner.Snapshot {
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	table := &ipvs.Table{}
	for i := range 1 + r.IntN(1+r.IntN(120)) {
		id := addressed([]ipvs.Protocol{ipvs.TCP, ipvs.UDP, ipvs.SCTP}[r.IntN(3)], uint16(1+i))
		if r.IntN(4) == 0 {
			id = ipvs.MarkService([]ipvs.Family{ipvs.IPv4, ipvs.IPv6}[r.IntN(2)], uint32(1+i))
		}
		v := ipvs.VirtualService{ID: id, Flags: ipvs.Flags(r.Uint32() & 0x3f), Persistence: time.Duration(r.IntN(3)) * time.Minute,
			Scheduler: one("rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh", "twos", "none", "x\n- y: [")}
		var weights []uint32
		for range r.IntN(9) {
			weights = append(weights, r.Uint32()>>(1+r.IntN(32)))
		}
		v.Servers = servers(ipvs.Forward(r.IntN(7)), weights...)
		table.Services = append(table.Services, v)
	}
	return tuner.Snapshot{Netns: one("", "blue", "/run/docker/netns/1-a", "a*[?", `it's "\ `), Table: table}
}
