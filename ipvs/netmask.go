package ipvs

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
)

// Netmask groups the clients of a persistent service: those who share the
// masked part of their address share a real server. Zero is every client for
// itself.
type Netmask struct {
	family Family  // 0 where every client is for itself
	mask   [4]byte // of an IPv4 service
	bits   uint8   // prefix length of an IPv6 service
}

// Netmask4 returns the mask of an IPv4 service; all ones is the zero Netmask.
func Netmask4(mask [4]byte) Netmask {
	if mask == [4]byte{255, 255, 255, 255} {
		return Netmask{}
	}
	return Netmask{family: IPv4, mask: mask}
}

// Netmask6 returns the mask of an IPv6 service; 128 bits is the zero Netmask.
func Netmask6(bits uint8) Netmask {
	if bits == 128 {
		return Netmask{}
	}
	return Netmask{family: IPv6, bits: bits}
}

// String returns the mask as ipvsadm takes it: 255.255.255.0 for IPv4, 64 for
// IPv6, "" where every client is for itself.
func (m Netmask) String() string {
	switch m.family {
	case IPv4:
		return netip.AddrFrom4(m.mask).String()
	case IPv6:
		return strconv.Itoa(int(m.bits))
	}
	return ""
}

// ParseNetmask reads what [Netmask.String] prints.
func ParseNetmask(text string) (Netmask, error) {
	if text == "" {
		return Netmask{}, nil
	}
	if a, err := netip.ParseAddr(text); err == nil && a.Is4() {
		return Netmask4(a.As4()), nil
	}
	if bits, err := strconv.ParseUint(text, 10, 8); err == nil && bits >= 1 && bits <= 128 {
		return Netmask6(uint8(bits)), nil
	}
	return Netmask{}, fmt.Errorf("%q is neither an IPv4 mask nor a prefix length from 1 to 128", text)
}

// parseNetmask reads the kernel's form: for IPv4 the mask's bytes as they
// stand in a packet, for IPv6 a prefix length in host order.
func parseNetmask(f Family, raw uint32) (Netmask, error) {
	switch {
	case f == IPv6 && raw > 128:
		return Netmask{}, fmt.Errorf("IPv6 prefix length %d is over 128", raw)
	case f == IPv6:
		return Netmask6(uint8(raw)), nil
	}
	var mask [4]byte
	binary.NativeEndian.PutUint32(mask[:], raw)
	return Netmask4(mask), nil
}

// Group returns the masked part of a client's address, which has the mask's
// family.
func (m Netmask) Group(client netip.Addr) netip.Addr {
	switch m.family {
	case IPv4:
		a := client.As4()
		for i := range a {
			a[i] &= m.mask[i]
		}
		return netip.AddrFrom4(a)
	case IPv6:
		prefix, _ := client.Prefix(int(m.bits)) // the family and the length are right
		return prefix.Addr()
	}
	return client
}
