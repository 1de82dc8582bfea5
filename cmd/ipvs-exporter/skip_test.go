package main

import (
	"maps"
	"slices"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

func TestSkips(t *testing.T) {
	tests := []struct {
		given string
		want  string // the error; "" is none
	}{
		{"tcp/10.0.0.1:443", `exchanges to skip, "tcp/10.0.0.1:443": want SERVICE=N, as tcp/10.0.0.1:443=2`},
		{"10.0.0.1:443=2", `exchanges to skip, "10.0.0.1:443=2": virtual service "10.0.0.1:443": want PROTO/ADDRESS:PORT, fwm/MARK or fwm6/MARK`},
		{"udp/10.0.0.1:443=2", `exchanges to skip, "udp/10.0.0.1:443=2": want a service of TCP, whose connections begin`},
		{"tcp/10.0.0.1:443=256", `exchanges to skip, "tcp/10.0.0.1:443=256": want a number from 1 to 255 after =`},
		{"tcp/10.0.0.1:443=0", `exchanges to skip, "tcp/10.0.0.1:443=0": want a number from 1 to 255 after =`},
		{"tcp/10.0.0.1:443=two", `exchanges to skip, "tcp/10.0.0.1:443=two": want a number from 1 to 255 after =`},
		{"tcp/10.0.0.1:443=2", ""},
		{"tcp/10.0.0.1:443=1", `exchanges to skip, "tcp/10.0.0.1:443=1": tcp/10.0.0.1:443 is given twice`},
		{"tcp/[2001:db8::1]:443=1", ""},
		{"fwm/258=2", ""},
	}
	got := skips{}
	for _, test := range tests {
		if err := got.Set(test.given); err == nil && test.want != "" || err != nil && err.Error() != test.want {
			t.Errorf("%s: error %v, want %s", test.given, err, test.want)
		}
	}
	keys := slices.SortedFunc(maps.Keys(got), ipvs.ServiceID.Compare)
	if len(keys) != 3 || keys[0].String() != "tcp/10.0.0.1:443" || got[keys[0]] != 2 || got[keys[1]] != 1 || got[keys[2]] != 2 {
		t.Errorf("it is %v", got)
	}
}
