package names

import (
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

// readSwarm returns the swarm that testdata/docker describes: a service shop
// of two tasks on the networks ingress and front, a global service agent on
// the network twin, which uses the same addresses as front, and some that have
// no address or no service.
func readSwarm(t testing.TB) *swarm {
	t.Helper()
	var services []dockerService
	var tasks []dockerTask
	var networks []dockerNetwork
	for name, into := range map[string]any{"services": &services, "tasks": &tasks, "networks": &networks} {
		data, err := os.ReadFile(filepath.Join("testdata/docker", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, into); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return newSwarm(services, tasks, networks)
}

type byAddress = map[netip.Addr]string

func TestSwarm(t *testing.T) {
	a := netip.MustParseAddr
	const agent = "agent.node1node1node1node1node1"
	listed := func(services, servers byAddress) addresses {
		return addresses{services, servers, map[netip.Addr]time.Time{}}
	}
	want := &swarm{
		netns: map[string]addresses{
			"ingress_sbox": listed(byAddress{a("10.0.0.5"): "shop"}, byAddress{a("10.0.0.6"): "shop.1"}),
			"lb_fr0ntnet1": listed(
				byAddress{a("10.0.1.2"): "shop"},
				byAddress{a("10.0.1.3"): "shop.1", a("10.0.1.4"): "shop.2", a("fd00:1::4"): "shop.2"},
			),
			"lb_tw1nnet22": listed(byAddress{a("10.0.1.2"): "agent"}, byAddress{a("10.0.1.3"): agent, a("10.0.1.9"): ""}),
		},
		anywhere: listed(
			byAddress{a("10.0.0.5"): "shop", a("10.0.1.2"): ""},
			byAddress{
				a("10.0.0.6"): "shop.1", a("10.0.1.3"): "", a("10.0.1.4"): "shop.2",
				a("fd00:1::4"): "shop.2", a("10.0.1.9"): "",
			},
		),
	}
	if got := readSwarm(t); !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

func TestNetworkNamespaces(t *testing.T) {
	tests := []struct {
		name    string
		network dockerNetwork
		want    string
	}{
		{"no identity", dockerNetwork{}, "lb_"},
		{"overlay", dockerNetwork{ID: "abcdefghijklmnopqrstuvwxy"}, "lb_abcdefghi"},
		{"ingress", dockerNetwork{ID: "abcdefghijklmnopqrstuvwxy", Ingress: true}, "ingress_sbox"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.network.netns(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
