package ipvs

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
)

// marksOf spells marks: an identity, then addresses, line by line.
func marksOf(t *testing.T, text string) marks {
	t.Helper()
	m := make(marks)
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		id, err := ParseServiceID(fields[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range fields[1:] {
			m[id] = append(m[id], netip.MustParseAddr(a))
		}
	}
	return m
}

func checkMarks(t *testing.T, got map[ServiceID][]netip.Addr, want string) {
	t.Helper()
	if want := marksOf(t, want); !reflect.DeepEqual(marks(got), want) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
}

func TestMarks(t *testing.T) {
	type rule struct {
		address    string
		mark, mask uint32
	}
	const whole = 0xffffffff
	tests := []struct {
		name  string
		rules []rule
		want  string
	}{
		{"mark 0", []rule{{"10.0.0.1", 0, whole}}, ""},
		{"mask without the mark's bits", []rule{{"10.0.0.1", 0x102, 0xff}}, ""},
		{"mask with the mark's bits", []rule{{"10.0.0.1", 0x102, 0x102}}, "fwm/258 10.0.0.1"},
		{"families", []rule{{"10.0.0.1", 7, whole}, {"fd00::1", 7, whole}}, "fwm/7 10.0.0.1\nfwm6/7 fd00::1"},
		{"order and repeats", []rule{{"10.0.0.9", 7, whole}, {"10.0.0.1", 7, whole}, {"10.0.0.9", 7, whole}}, "fwm/7 10.0.0.1 10.0.0.9"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := make(marks)
			for _, r := range test.rules {
				m.add(netip.MustParseAddr(r.address), r.mark, r.mask)
			}
			m.sort()
			checkMarks(t, m, test.want)
		})
	}
}
