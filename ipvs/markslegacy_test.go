package ipvs

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"
)

// legacyRule is a rule as the kernel would hand it out.
type legacyRule struct {
	destination    string // as 10.0.0.2/32
	inverted       bool
	target         string
	revision       byte
	mark, markMask uint32
	matches        int // bytes of matches between the rule's head and its target
}

func (r legacyRule) encode(f Family) []byte {
	layout, size := legacyLayoutOf(f), 112
	if f == IPv6 {
		size = 168
	}
	rule := make([]byte, size+r.matches+legacyTargetHeader+markTargetSize)
	to := netip.MustParsePrefix(r.destination)
	copy(rule[layout.destination:], to.Addr().AsSlice())
	for i := range to.Bits() {
		rule[layout.mask+i/8] |= 0x80 >> (i % 8)
	}
	if r.inverted {
		rule[layout.inverted] = legacyInvertedDestination
	}
	binary.NativeEndian.PutUint16(rule[layout.target:], uint16(size+r.matches))
	binary.NativeEndian.PutUint16(rule[layout.target+2:], uint16(len(rule)))
	target := rule[size+r.matches:]
	binary.NativeEndian.PutUint16(target, uint16(len(target)))
	copy(target[legacyTargetName:], r.target)
	target[legacyTargetHeader-1] = r.revision
	binary.NativeEndian.PutUint32(target[legacyTargetHeader:], r.mark)
	binary.NativeEndian.PutUint32(target[legacyTargetHeader+4:], r.markMask)
	return rule
}

func TestLegacyMarks(t *testing.T) {
	const whole = 0xffffffff
	docker := legacyRule{destination: "10.0.0.2/32", target: "MARK", revision: 2, mark: 0x102, markMask: whole}
	change := func(edit func(*legacyRule)) legacyRule {
		r := docker
		edit(&r)
		return r
	}
	tests := []struct {
		name   string
		family Family
		rules  []legacyRule
		want   string
	}{
		{"no rules", IPv4, nil, ""},
		{"any destination", IPv4, []legacyRule{change(func(r *legacyRule) { r.destination = "0.0.0.0/0" })}, ""},
		{"a network", IPv4, []legacyRule{change(func(r *legacyRule) { r.destination = "10.0.0.2/31" })}, ""},
		{"all but one", IPv4, []legacyRule{change(func(r *legacyRule) { r.inverted = true })}, ""},
		{"another target", IPv4, []legacyRule{change(func(r *legacyRule) { r.target = "CONNMARK" })}, ""},
		{"another revision", IPv4, []legacyRule{change(func(r *legacyRule) { r.revision = 1 })}, ""},
		{"among others, with matches", IPv4, []legacyRule{
			{destination: "0.0.0.0/0", target: "ERROR"},
			change(func(r *legacyRule) { r.matches = 48 }),
			change(func(r *legacyRule) { r.destination, r.mark = "10.0.0.3/32", 0x103 }),
		}, "fwm/258 10.0.0.2\nfwm/259 10.0.0.3"},
		{"IPv6", IPv6, []legacyRule{
			change(func(r *legacyRule) { r.destination = "fd00::/64" }),
			change(func(r *legacyRule) { r.destination = "fd00::2/128" }),
		}, "fwm6/258 fd00::2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var rules []byte
			for _, r := range test.rules {
				rules = append(rules, r.encode(test.family)...)
			}
			m := make(marks)
			if err := m.addLegacy(test.family, rules); err != nil {
				t.Fatal(err)
			}
			checkMarks(t, m, test.want)
		})
	}
}

func TestLegacyMarksMistakes(t *testing.T) {
	rule := legacyRule{destination: "10.0.0.2/32", target: "MARK", revision: 2, mark: 1, markMask: 1}.encode(IPv4)
	lengths := func(target, next uint16) []byte {
		damaged := slices.Clone(rule)
		binary.NativeEndian.PutUint16(damaged[88:], target)
		binary.NativeEndian.PutUint16(damaged[90:], next)
		return damaged
	}
	tests := []struct {
		name  string
		rules []byte
		want  string
	}{
		{"stray bytes", append(slices.Clone(rule), 1, 2, 3), "iptables rules end in 3 stray bytes"},
		{"cut short", rule[:len(rule)-1], "iptables rule of length 152 with its target at 112, in 151 bytes"},
		{"no length", lengths(112, 0), "iptables rule of length 0 with its target at 112, in 152 bytes"},
		{"target inside the head", lengths(12, 152), "iptables rule of length 152 with its target at 12, in 152 bytes"},
		{"target at the end", lengths(140, 152), "iptables rule of length 152 with its target at 140, in 152 bytes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := make(marks).addLegacy(IPv4, test.rules); err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func FuzzLegacyMarks(f *testing.F) {
	f.Add(false, legacyRule{destination: "10.0.0.2/32", target: "MARK", revision: 2, mark: 1, markMask: 1}.encode(IPv4))
	f.Add(true, legacyRule{destination: "fd00::2/128", target: "MARK", revision: 2, mark: 1, markMask: 1}.encode(IPv6))
	f.Fuzz(func(t *testing.T, is6 bool, rules []byte) {
		family := IPv4
		if is6 {
			family = IPv6
		}
		m := make(marks)
		_ = m.addLegacy(family, rules)
		for id, addresses := range m {
			if id.Family() != family || id.Mark == 0 || FamilyOf(addresses[0]) != family {
				t.Errorf("%s is set for %v", id, addresses)
			}
		}
	})
}
