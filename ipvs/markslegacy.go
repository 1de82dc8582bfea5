package ipvs

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
)

// legacyLayout is where the fields of a rule are (struct ipt_entry and
// ip6t_entry in include/uapi/linux/netfilter_ipv4/ip_tables.h and
// netfilter_ipv6/ip6_tables.h); offsets from the rule's begin.
type legacyLayout struct {
	address           int // bytes of one
	destination, mask int
	inverted          int // 8 bits of flags
	target            int // 16 bits: offset of the target; then 16: of the next rule
}

const (
	legacyInvertedDestination = 0x10 // IPT_INV_DSTIP, IP6T_INV_DSTIP
	// A target begins with 16 bits of length, 29 bytes of name and 8 bits of
	// revision (struct xt_entry_target).
	legacyTargetName   = 2
	legacyTargetHeader = 32
)

func legacyLayoutOf(f Family) legacyLayout {
	if f == IPv4 {
		return legacyLayout{address: 4, destination: 4, mask: 12, inverted: 83, target: 88}
	}
	return legacyLayout{address: 16, destination: 16, mask: 48, inverted: 132, target: 140}
}

// addLegacy notes what the rules of a table mark, as the kernel hands them to
// iptables-legacy.
func (m marks) addLegacy(f Family, rules []byte) error {
	layout := legacyLayoutOf(f)
	for len(rules) > 0 {
		rule, target, err := layout.cut(rules)
		if err != nil {
			return err
		}
		if a, ok := layout.host(rule); ok {
			m.addTarget(a, target)
		}
		rules = rules[len(rule):]
	}
	return nil
}

// cut returns the first rule, and the part of it that is its target.
func (l legacyLayout) cut(rules []byte) (rule, target []byte, err error) {
	if len(rules) < l.target+4 {
		return nil, nil, fmt.Errorf("iptables rules end in %d stray bytes", len(rules))
	}
	from := int(binary.NativeEndian.Uint16(rules[l.target:]))
	next := int(binary.NativeEndian.Uint16(rules[l.target+2:]))
	if from < l.target+4 || next < from+legacyTargetHeader || next > len(rules) {
		return nil, nil, fmt.Errorf("iptables rule of length %d with its target at %d, in %d bytes", next, from, len(rules))
	}
	return rules[:next], rules[from:next], nil
}

// host returns the one destination address that the rule is for, if it is for
// one.
func (l legacyLayout) host(rule []byte) (netip.Addr, bool) {
	for _, b := range rule[l.mask : l.mask+l.address] {
		if b != 0xff {
			return netip.Addr{}, false
		}
	}
	a, ok := netip.AddrFromSlice(rule[l.destination : l.destination+l.address])
	return a, ok && rule[l.inverted]&legacyInvertedDestination == 0
}

// addTarget notes the target of a rule for packets to a, if it is MARK.
func (m marks) addTarget(a netip.Addr, target []byte) {
	name, _, _ := bytes.Cut(target[legacyTargetName:legacyTargetHeader-1], []byte{0})
	revision, data := target[legacyTargetHeader-1], target[legacyTargetHeader:]
	if string(name) == markTarget && revision == markTargetRevision && len(data) >= markTargetSize {
		m.add(a, binary.NativeEndian.Uint32(data), binary.NativeEndian.Uint32(data[4:]))
	}
}
