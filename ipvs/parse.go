package ipvs

import (
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// nested returns the value of the first attribute of the given kind.
func nested(message []byte, kind uint16) ([]byte, error) {
	a := attributes{rest: message}
	for a.next() {
		if a.kind == kind {
			return a.value, nil
		}
	}
	if a.err != nil {
		return nil, a.err
	}
	return nil, fmt.Errorf("netlink message without attribute %d", kind)
}

// parseService reads a virtual service from the attributes of a message into
// s, which is zero.
func parseService(s *VirtualService, message []byte, n names) error {
	body, err := nested(message, attrService)
	if err != nil {
		return err
	}
	var id rawServiceID
	var netmask uint32
	var stats, stats64 []byte
	a := attributes{rest: body}
	for a.next() {
		switch a.kind {
		case serviceFamily:
			id.family = Family(a.uint16())
		case serviceProtocol:
			id.protocol = Protocol(a.uint16())
		case serviceAddress:
			id.address = a.value
		case servicePort:
			id.port = a.bigEndian16()
		case serviceMark:
			id.mark = a.uint32()
		case serviceScheduler:
			s.Scheduler = a.text(n)
		case serviceFlags:
			s.Flags = parseFlags(&a)
		case serviceTimeout:
			s.Persistence = time.Duration(a.uint32()) * time.Second
		case serviceNetmask:
			netmask = a.uint32()
		case serviceEngine:
			s.Engine = a.text(n)
		case serviceStats:
			stats = a.value
		case serviceStats64:
			stats64 = a.value
		}
	}
	if a.err != nil {
		return a.err
	}
	if s.ID, err = id.serviceID(); err != nil {
		return err
	}
	if s.Flags.Has(FlagPersistent) { // else it is a left-over of whoever made the service
		if s.Netmask, err = parseNetmask(id.family, netmask); err != nil {
			return err
		}
	}
	return s.Stats.parse(stats, stats64)
}

// parseFlags reads struct ip_vs_flags, the flags and a mask for edits.
func parseFlags(a *attributes) Flags {
	if !a.has(8) {
		return 0
	}
	first := attributes{value: a.value[:4]}
	return Flags(first.uint32()) &^ flagHashed
}

// rawServiceID is a service's key as netlink spreads it over attributes.
type rawServiceID struct {
	family   Family
	protocol Protocol
	address  []byte
	port     uint16
	mark     uint32
}

func (r rawServiceID) serviceID() (ServiceID, error) {
	if r.mark != 0 {
		if r.family != IPv4 && r.family != IPv6 {
			return ServiceID{}, fmt.Errorf("unknown address family %d", r.family)
		}
		return MarkService(r.family, r.mark), nil
	}
	address, err := parseAddress(r.family, r.address)
	if err != nil {
		return ServiceID{}, err
	}
	return AddressService(r.protocol, netip.AddrPortFrom(address, r.port)), nil
}

// parseAddress reads union nf_inet_addr: the first four bytes are an IPv4
// address, all sixteen an IPv6 one.
func parseAddress(f Family, b []byte) (netip.Addr, error) {
	switch {
	case f == IPv4 && len(b) >= 4:
		return netip.AddrFrom4([4]byte(b)), nil
	case f == IPv6 && len(b) >= 16:
		return netip.AddrFrom16([16]byte(b)), nil
	case f != IPv4 && f != IPv6:
		return netip.Addr{}, fmt.Errorf("unknown address family %d", f)
	}
	return netip.Addr{}, fmt.Errorf("%s address of %d bytes", f, len(b))
}

// parseInfo reads GET_INFO's answer into d.
func parseInfo(message []byte, d *Director) error {
	a := attributes{rest: message}
	for a.next() {
		switch a.kind {
		case infoVersion:
			v := a.uint32()
			d.Version = Version{Major: uint8(v >> 16), Minor: uint8(v >> 8), Patch: uint8(v)}
		case infoBuckets:
			d.ConnectionBuckets = a.uint32()
		}
	}
	if a.err == nil && d.Version == (Version{}) {
		return errors.New("netlink message without the version of IPVS")
	}
	return a.err
}

// parseTimeouts reads GET_CONFIG's answer.
func parseTimeouts(message []byte) (Timeouts, error) {
	var t Timeouts
	a := attributes{rest: message}
	for a.next() {
		switch a.kind {
		case attrTimeoutTCP:
			t.TCP = time.Duration(a.uint32()) * time.Second
		case attrTimeoutTCPFin:
			t.TCPFin = time.Duration(a.uint32()) * time.Second
		case attrTimeoutUDP:
			t.UDP = time.Duration(a.uint32()) * time.Second
		}
	}
	return t, a.err
}

// parseDaemon reads one message of GET_DAEMON's dump.
func parseDaemon(message []byte, n names) (SyncDaemon, error) {
	body, err := nested(message, attrDaemon)
	if err != nil {
		return SyncDaemon{}, err
	}
	var d SyncDaemon
	a := attributes{rest: body}
	for a.next() {
		switch a.kind {
		case daemonState:
			d.Role = daemonRole(a.uint32())
		case daemonInterface:
			d.Interface = a.text(n)
		case daemonSyncID:
			d.SyncID = a.uint32()
		case daemonMaxLength:
			d.MaxLength = a.uint16()
		case daemonGroup:
			d.Group = groupAddress(&a, IPv4)
		case daemonGroup6:
			d.Group = groupAddress(&a, IPv6)
		case daemonPort:
			d.Port = a.uint16()
		case daemonTTL:
			d.TTL = a.uint8()
		}
	}
	return d, a.err
}

// daemonRole names IP_VS_STATE_MASTER and IP_VS_STATE_BACKUP.
func daemonRole(state uint32) string {
	switch state {
	case 1:
		return "master"
	case 2:
		return "backup"
	}
	return fmt.Sprint(state)
}

func groupAddress(a *attributes, f Family) string {
	address, err := parseAddress(f, a.value)
	if err != nil {
		a.err = fmt.Errorf("sync daemon's multicast group: %w", err)
		return ""
	}
	return address.String()
}

// parseFamily reads what the family of families answers of another.
func parseFamily(message []byte) (number uint16, version uint32, err error) {
	a := attributes{rest: message}
	for a.next() {
		switch a.kind {
		case controlFamilyID:
			number = a.uint16()
		case controlFamilyVersion:
			version = a.uint32()
		}
	}
	return number, version, a.err
}
