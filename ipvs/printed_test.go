package ipvs

import (
	"slices"
	"testing"
)

func TestParseForward(t *testing.T) {
	for _, text := range []string{"", "nat", "Masq", "3", "007"} {
		if f, err := ParseForward(text); err == nil {
			t.Errorf("%q is %s", text, f)
		}
	}
	for f := Masq; f < 7; f++ {
		if again, err := ParseForward(f.String()); err != nil || again != f {
			t.Errorf("%s is read as %s, %v", f, again, err)
		}
	}
}

func TestParseNetmask(t *testing.T) {
	for _, text := range []string{"0", "129", "255.255.255", "fe80::", "/24"} {
		if m, err := ParseNetmask(text); err == nil {
			t.Errorf("%q is %s", text, m)
		}
	}
	for _, m := range []Netmask{{}, Netmask4([4]byte{255, 255, 240, 0}), Netmask4([4]byte{}), Netmask6(64)} {
		if again, err := ParseNetmask(m.String()); err != nil || again != m {
			t.Errorf("%s is read as %s, %v", m, again, err)
		}
	}
}

func TestAddSchedulerFlags(t *testing.T) {
	rr := VirtualService{Scheduler: "rr"}
	if err := rr.AddSchedulerFlags([]string{"sh-port"}); err == nil {
		t.Error("sh-port is a flag of rr")
	}
	for _, names := range [][]string{{}, {"mh-fallback", "mh-port", "flag-3"}} {
		mh := VirtualService{Scheduler: "mh", Flags: FlagOnePacket}
		if err := mh.AddSchedulerFlags(names); err != nil || !slices.Equal(mh.SchedulerFlags(), names) || !mh.Flags.Has(FlagOnePacket) {
			t.Errorf("%q became %q, %v", names, mh.SchedulerFlags(), err)
		}
	}
}
