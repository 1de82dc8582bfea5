package main

import (
	"errors"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/names"
)

const namesFile = `
services: {tcp/10.0.0.1:80: shop, 10.0.0.5: cart}
netns: {blue: {services: {tcp/10.0.0.1:80: shed}}}
`

// The table of a file is planned for by the entries of its network namespace,
// and its services are called as they are there.
func TestPlanInNetns(t *testing.T) {
	f := files(t, map[string]string{
		"config": `
services:
  - {match: {name: shop}, policy: static}
  - {match: {name: shop}, netns: blue, policy: static}
  - {match: {name: shed}, netns: /run/netns/b*, policy: equalize, guards: {observe_first: 0}}
`,
		"names":        namesFile,
		"table":        strings.Replace(tableAt(0), "{", `{"netns": "blue", `, 1),
		"observations": strings.ReplaceAll(observations, `{"service"`, `{"netns": "blue", "service"`),
		"state":        `{"version": 6, "netns": {"": {"services": {}}, "/run/netns/blue": {"services": {}}}}`,
	})
	out, err := runWith(t, "plan", "--config.file="+f["config"], "--names.file="+f["names"], "--table.file="+f["table"],
		"--observations.file="+f["observations"], "--state.file="+f["state"], "--format=json")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"netns": "blue",`, `"policy": "equalize"`, `"action": "apply"`} {
		if strings.Count(out, want) != 1 {
			t.Errorf("no %s, or several, in\n%s", want, out)
		}
	}
	text, err := os.ReadFile(f["state"])
	saved := string(text)
	if err != nil || strings.Count(saved, `"baseline"`) != 1 || !strings.Contains(saved, `"/run/netns/blue":`) || strings.Contains(saved, `"blue":`) {
		t.Errorf("saved, with error %v,\n%s", err, saved)
	}
}

func TestPlanOfAnotherScheduler(t *testing.T) {
	f := files(t, map[string]string{
		"config": "services: [{match: '*', scheduler: wrr}]\n",
		"table":  strings.Replace(tableAt(0), "wrr", "rr", 1), "observations": observations,
	})
	args := []string{"plan", "--config.file=" + f["config"], "--table.file=" + f["table"], "--observations.file=" + f["observations"]}
	for format, want := range map[string]string{
		"json":  "\"scheduler\": \"wrr\",\n      \"previous_scheduler\": \"rr\"\n",
		"table": "tcp/10.0.0.1:80 (optimize by observations): apply: scheduler rr becomes wrr\n",
	} {
		if out, err := runWith(t, append(args, "--format="+format)...); err != nil || !strings.Contains(out, want) {
			t.Errorf("%v, no %q in\n%s", err, want, out)
		}
	}
}

func TestNaming(t *testing.T) {
	f := files(t, map[string]string{"names": namesFile})
	known, err := names.New(names.Options{File: f["names"]})
	if err != nil {
		t.Fatal(err)
	}
	shop, mark := service(t, "tcp/10.0.0.1:80"), service(t, "fwm/7")
	addressed := &ipvs.Table{Services: []ipvs.VirtualService{{ID: shop}}}
	marked := &ipvs.Table{Services: []ipvs.VirtualService{{ID: shop}, {ID: mark}, {ID: service(t, "fwm/8")}}}
	broken := errors.New("broken")
	for _, test := range []struct {
		name, netns string
		table       *ipvs.Table
		fail        error
		want        map[ipvs.ServiceID]string
		wantErr     error
	}{
		{"marks unreadable", "", marked, broken, nil, broken},
		{"marks not needed", "", addressed, broken, map[ipvs.ServiceID]string{shop: "shop"}, nil},
		{"a mark's address", "", marked, nil, map[ipvs.ServiceID]string{shop: "shop", mark: "cart"}, nil},
		{"of a namespace", "blue", addressed, nil, map[ipvs.ServiceID]string{shop: "shed"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			marks := func() (map[ipvs.ServiceID][]netip.Addr, error) {
				return map[ipvs.ServiceID][]netip.Addr{mark: {netip.MustParseAddr("10.0.0.5")}}, test.fail
			}
			got, err := naming(known, test.netns, marks)(test.table)
			if !errors.Is(err, test.wantErr) {
				t.Errorf("error %v", err)
			}
			for id, name := range test.want {
				if got[id] != name || test.fail == nil && len(got) != len(test.want) {
					t.Errorf("got %v, want %v", got, test.want)
				}
			}
		})
	}
}

func service(t *testing.T, id string) ipvs.ServiceID {
	t.Helper()
	s, err := ipvs.ParseServiceID(id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
