package ipvs

import (
	"fmt"
	"strconv"
)

// Forward is a forwarding method: how packets reach a real server
// (IP_VS_CONN_F_ in include/uapi/linux/ip_vs.h).
type Forward uint8

// The forwarding methods; ipvsadm calls Masq masquerading, Route gatewaying
// (direct routing) and Tunnel ipip.
const (
	Masq      Forward = 0
	Local     Forward = 1
	Tunnelled Forward = 2
	Route     Forward = 3
	Bypass    Forward = 4
)

// String returns masq, local, tunnel, route, bypass, or the number of an
// unknown method.
func (f Forward) String() string {
	names := [...]string{"masq", "local", "tunnel", "route", "bypass"}
	if int(f) < len(names) {
		return names[f]
	}
	return strconv.FormatUint(uint64(f), 10)
}

// ParseForward reads what [Forward.String] prints.
func ParseForward(text string) (Forward, error) {
	for f := Masq; f <= Bypass; f++ {
		if text == f.String() {
			return f, nil
		}
	}
	n, err := strconv.ParseUint(text, 10, 8)
	if err != nil || Forward(n).String() != text {
		return 0, fmt.Errorf("%q is not masq, local, tunnel, route, bypass or an unknown one's number", text)
	}
	return Forward(n), nil
}

// Tunnel is how a tunnelled real server is reached; zero is IP in IP.
type Tunnel struct {
	Type  TunnelType
	Port  uint16 // UDP port of GUE, else 0
	Flags uint16 // checksum handling (IP_VS_TUNNEL_ENCAP_FLAG_)
}

// Checksum names what Flags say of checksums, as ipvsadm's options do: csum,
// remcsum, nocsum; "" where the encapsulation has none
// (IP_VS_TUNNEL_ENCAP_FLAG_CSUM, IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM).
func (t Tunnel) Checksum() string {
	const checksum, remote = 1, 2
	switch {
	case t.Type == IPIP:
		return ""
	case t.Flags&remote != 0:
		return "remcsum"
	case t.Flags&checksum != 0:
		return "csum"
	}
	return "nocsum"
}

// TunnelType is an encapsulation (IP_VS_CONN_F_TUNNEL_TYPE_).
type TunnelType uint8

// The encapsulations that IPVS knows.
const (
	IPIP TunnelType = 0
	GUE  TunnelType = 1
	GRE  TunnelType = 2
)

// String returns ipip, gue, gre, or the number of an unknown type.
func (t TunnelType) String() string {
	names := [...]string{"ipip", "gue", "gre"}
	if int(t) < len(names) {
		return names[t]
	}
	return strconv.Itoa(int(t))
}
