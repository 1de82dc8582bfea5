package coordination

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// largePlan has 1,000 services of 100 servers, each with a weight of its own.
func largePlan() published {
	random := rand.New(rand.NewPCG(1, 2))
	p := published{Planner: "a"}
	for i := range 1000 {
		o := tuner.Order{Service: ipvs.MarkService(ipvs.IPv4, uint32(1+i))}
		for j := range 100 {
			address := netip.AddrFrom4([4]byte{10, byte(i / 250), byte(i % 250), byte(j)})
			o.Servers = append(o.Servers, tuner.ServerOrder{Server: ipvs.ServerID{AddrPort: netip.AddrPortFrom(address, 8080)}, Weight: 1 + random.Uint32N(1000)})
		}
		p.Services = append(p.Services, o)
	}
	return p
}

func TestLargePlan(t *testing.T) {
	plan := largePlan()
	value, err := format(plan)
	if err != nil {
		t.Fatal(err)
	}
	const etcdTakes = 3 << 19
	if len(value) > etcdTakes*2/3 {
		t.Errorf("100,000 servers take %d bytes", len(value))
	}
	if got, err := parse(value); err != nil || !reflect.DeepEqual(got, plan) {
		t.Errorf("it is read as another one, %v", err)
	}
	for _, n := range []int{3, len(value) / 2, len(value) - 1} {
		if _, err := parse(value[:n]); err == nil {
			t.Errorf("%d bytes of it pass for a plan", n)
		}
	}
}

func TestUnpack(t *testing.T) {
	tests := []struct {
		name    string
		text    string
		wantErr string
	}{
		{"too much", strings.Repeat(" ", longestPlan+1), "a plan of more than 64 MiB"},
		{"all that may be", strings.Repeat(" ", longestPlan), ""},
		{"nothing", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			packed, err := compress([]byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			got, err := unpack(packed)
			if said := fmt.Sprint(err); err != nil && said != test.wantErr || err == nil && (test.wantErr != "" || string(got) != test.text) {
				t.Errorf("got %d bytes, %v", len(got), err)
			}
		})
	}
	if got, err := unpack([]byte("{}")); err != nil || string(got) != "{}" {
		t.Errorf("got %q, %v", got, err)
	}
}
