package ipvs

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Family is an address family, by the kernel's AF_ numbers.
type Family uint16

// The two families that IPVS knows (include/linux/socket.h).
const (
	IPv4 Family = 2
	IPv6 Family = 10
)

// FamilyOf returns the family of a.
func FamilyOf(a netip.Addr) Family {
	if a.Is4() {
		return IPv4
	}
	return IPv6
}

// String returns "ipv4" or "ipv6".
func (f Family) String() string {
	switch f {
	case IPv4:
		return "ipv4"
	case IPv6:
		return "ipv6"
	}
	return strconv.Itoa(int(f))
}

// Protocol is a transport protocol, by its IP protocol number.
type Protocol uint8

// The protocols that IPVS schedules (net/netfilter/ipvs/ip_vs_proto.c).
const (
	TCP  Protocol = 6
	UDP  Protocol = 17
	SCTP Protocol = 132
)

// String returns the lower-case name, or the number of an unknown protocol.
func (p Protocol) String() string {
	switch p {
	case TCP:
		return "tcp"
	case UDP:
		return "udp"
	case SCTP:
		return "sctp"
	}
	return strconv.Itoa(int(p))
}

// ServiceID says which virtual service of a director is meant: either a
// protocol, an address and a port, or a family and a firewall mark. It is
// comparable and usable as a map key. Make one with [AddressService],
// [MarkService] or [ParseServiceID].
type ServiceID struct {
	Protocol   Protocol       // 0 in a firewall-mark service
	Address    netip.AddrPort // zero in a firewall-mark service; port 0 is every port
	Mark       uint32         // 0 in an addressed service
	MarkFamily Family         // 0 in an addressed service
}

// AddressService returns the identity of the service at protocol p and
// address a.
func AddressService(p Protocol, a netip.AddrPort) ServiceID {
	return ServiceID{Protocol: p, Address: a}
}

// MarkService returns the identity of the service for packets of family f
// that carry the firewall mark m, which is not 0.
func MarkService(f Family, m uint32) ServiceID {
	return ServiceID{Mark: m, MarkFamily: f}
}

// Family returns the family of the packets that the service takes.
func (s ServiceID) Family() Family {
	if s.Mark != 0 {
		return s.MarkFamily
	}
	return FamilyOf(s.Address.Addr())
}

// String returns PROTO/ADDRESS:PORT, fwm/MARK or fwm6/MARK, as in
// tcp/10.0.0.1:80, udp/[2001:db8::1]:53, fwm/258 and fwm6/258.
func (s ServiceID) String() string {
	switch {
	case s.Mark == 0:
		return s.Protocol.String() + "/" + s.Address.String()
	case s.MarkFamily == IPv6:
		return "fwm6/" + strconv.FormatUint(uint64(s.Mark), 10)
	}
	return "fwm/" + strconv.FormatUint(uint64(s.Mark), 10)
}

// Compare orders identities: firewall marks after addresses, each by value.
func (s ServiceID) Compare(o ServiceID) int {
	return cmp.Or(
		cmp.Compare(s.MarkFamily, o.MarkFamily),
		cmp.Compare(s.Mark, o.Mark),
		cmp.Compare(s.Protocol, o.Protocol),
		s.Address.Compare(o.Address),
	)
}

// ParseServiceID reads what [ServiceID.String] prints, and nothing else.
func ParseServiceID(text string) (ServiceID, error) {
	kind, rest, found := strings.Cut(text, "/")
	if !found {
		return ServiceID{}, fmt.Errorf("virtual service %q: want PROTO/ADDRESS:PORT, fwm/MARK or fwm6/MARK", text)
	}
	s, err := parseServiceParts(kind, rest)
	if err != nil {
		return ServiceID{}, fmt.Errorf("virtual service %q: %w", text, err)
	}
	if canonical := s.String(); canonical != text {
		return ServiceID{}, fmt.Errorf("virtual service %q: write it %s", text, canonical)
	}
	return s, nil
}

func parseServiceParts(kind, rest string) (ServiceID, error) {
	switch kind {
	case "fwm":
		return parseMarkService(IPv4, rest)
	case "fwm6":
		return parseMarkService(IPv6, rest)
	}
	for _, p := range []Protocol{TCP, UDP, SCTP} {
		if kind == p.String() {
			a, err := parseAddrPort(rest)
			return AddressService(p, a), err
		}
	}
	return ServiceID{}, fmt.Errorf("%q is not tcp, udp, sctp, fwm or fwm6", kind)
}

func parseMarkService(f Family, text string) (ServiceID, error) {
	m, err := strconv.ParseUint(text, 10, 32)
	if err != nil || m == 0 {
		return ServiceID{}, fmt.Errorf("%q is not a firewall mark from 1 to 4294967295", text)
	}
	return MarkService(f, uint32(m)), nil
}

func parseAddrPort(text string) (netip.AddrPort, error) {
	a, err := netip.ParseAddrPort(text)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%q is not ADDRESS:PORT", text)
	}
	if a.Addr().Zone() != "" {
		return netip.AddrPort{}, fmt.Errorf("%q: IPVS addresses have no zone", text)
	}
	return a, nil
}

// MarshalText returns the form of [ServiceID.String].
func (s ServiceID) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the form of [ServiceID.String].
func (s *ServiceID) UnmarshalText(text []byte) (err error) {
	*s, err = ParseServiceID(string(text))
	return err
}

// ServerID says which real server of a virtual service is meant: its address
// and port. Port 0 keeps the port that the client asked for (firewall-mark
// services and services of every port). It is comparable.
type ServerID struct{ netip.AddrPort }

// ParseServerID reads what [ServerID] prints, ADDRESS:PORT, and nothing else.
func ParseServerID(text string) (ServerID, error) {
	a, err := parseAddrPort(text)
	if err != nil {
		return ServerID{}, fmt.Errorf("real server %w", err)
	}
	if canonical := a.String(); canonical != text {
		return ServerID{}, fmt.Errorf("real server %q: write it %s", text, canonical)
	}
	return ServerID{a}, nil
}

// Compare orders identities by address, then by port.
func (s ServerID) Compare(o ServerID) int { return s.AddrPort.Compare(o.AddrPort) }

// UnmarshalText reads the form that [ServerID] prints.
func (s *ServerID) UnmarshalText(text []byte) (err error) {
	*s, err = ParseServerID(string(text))
	return err
}
