package ipvs

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// parseProc reads the text of /proc/net/ip_vs
// (net/netfilter/ipvs/ip_vs_ctl.c:ip_vs_info_seq_show):
//
//	IP Virtual Server version 1.2.1 (size=4096)
//	Prot LocalAddress:Port Scheduler Flags
//	  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
//	TCP  0A000001:0050 wrr persistent 75000 FFFFFF00
//	  -> 0A000002:0050      Masq    5      1          2
//
// The persistence timeout counts kernel ticks; where their length is 0,
// unknown, it is 0 too. Firewall marks stand there without their family: it
// is taken from their real servers, of which tunnelled ones alone may be of the
// other, and is IPv4 where there are none.
func parseProc(r io.Reader, tick time.Duration) (*Table, error) {
	const file = "/proc/net/ip_vs"
	p := procParser{table: &Table{Source: Procfs}, tick: tick}
	err := eachLine(file, r, func(number int, line []byte) error { return p.line(number, string(line)) })
	if err != nil {
		return nil, err
	}
	if p.table.Director.Version == (Version{}) {
		return nil, errors.New(file + ": no line names the version")
	}
	p.merge()
	return p.table, nil
}

type procParser struct {
	table *Table
	tick  time.Duration
}

func (p *procParser) line(number int, text string) error {
	fields := strings.Fields(text)
	switch {
	case number == 1:
		return p.version(text)
	case number <= 3 || len(fields) == 0: // column headings
		return nil
	case fields[0] == "->":
		return p.server(fields[1:])
	}
	return p.service(fields)
}

func (p *procParser) version(text string) error {
	d := &p.table.Director
	v := &d.Version
	_, err := fmt.Sscanf(text, "IP Virtual Server version %d.%d.%d (size=%d)", &v.Major, &v.Minor, &v.Patch, &d.ConnectionBuckets)
	if err != nil {
		return fmt.Errorf("%.80q is not the version line of IPVS", text)
	}
	return nil
}

func (p *procParser) service(fields []string) error {
	if len(fields) < 3 {
		return fmt.Errorf("virtual service of %d fields, want at least 3", len(fields))
	}
	id, err := parseProcService(fields[0], fields[1])
	if err != nil {
		return err
	}
	s := VirtualService{ID: id, Scheduler: validText(fields[2])}
	for options := fields[3:]; len(options) > 0; {
		if options, err = s.parseProcOption(options, p.tick); err != nil {
			return err
		}
	}
	p.table.Services = append(p.table.Services, s)
	return nil
}

func parseProcService(protocol, key string) (ServiceID, error) {
	switch protocol {
	case "FWM":
		mark, err := strconv.ParseUint(key, 16, 32)
		if err != nil || mark == 0 {
			return ServiceID{}, fmt.Errorf("%.80q is not a firewall mark", key)
		}
		return MarkService(IPv4, uint32(mark)), nil
	case "TCP", "UDP", "SCTP":
		address, err := parseProcAddress(key)
		numbers := map[string]Protocol{"TCP": TCP, "UDP": UDP, "SCTP": SCTP}
		return AddressService(numbers[protocol], address), err
	}
	return ServiceID{}, fmt.Errorf("%.80q is not TCP, UDP, SCTP, FWM or ->", protocol)
}

// parseProcOption reads one of the flags "ops" and "persistent TICKS MASK",
// and returns the fields after it.
func (s *VirtualService) parseProcOption(fields []string, tick time.Duration) (rest []string, err error) {
	switch {
	case fields[0] == "ops":
		s.Flags |= FlagOnePacket
		return fields[1:], nil
	case fields[0] == "persistent" && len(fields) >= 3:
		s.Flags |= FlagPersistent
		if s.Persistence, err = parseProcTimeout(fields[1], tick); err != nil {
			return nil, err
		}
		s.Netmask, err = parseProcNetmask(s.ID.Family(), fields[2])
		return fields[3:], err
	}
	return nil, fmt.Errorf("%.80q is not a flag of a virtual service", fields[0])
}

// parseProcTimeout reads a number of ticks. What the kernel was given are
// seconds, which the tick may not divide evenly. It prints its 32 bits with a
// sign.
func parseProcTimeout(text string, tick time.Duration) (time.Duration, error) {
	ticks, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("%.80q is not a timeout in ticks", text)
	}
	return (time.Duration(uint32(ticks)) * tick).Round(time.Second), nil
}

// parseProcNetmask undoes the byte order in which the kernel prints masks,
// on IPv6 prefix lengths also.
func parseProcNetmask(f Family, text string) (Netmask, error) {
	v, err := strconv.ParseUint(text, 16, 32)
	if err != nil {
		return Netmask{}, fmt.Errorf("%.80q is not a netmask", text)
	}
	var raw [4]byte
	binary.BigEndian.PutUint32(raw[:], uint32(v))
	return parseNetmask(f, binary.NativeEndian.Uint32(raw[:]))
}

func (p *procParser) server(fields []string) error {
	if len(p.table.Services) == 0 {
		return errors.New("real server before any virtual service")
	}
	if len(fields) != 5 {
		return fmt.Errorf("real server of %d fields, want 5", len(fields))
	}
	address, err := parseProcAddress(fields[0])
	if err != nil {
		return err
	}
	s := RealServer{ID: ServerID{address}}
	if s.Forward, err = parseProcForward(fields[1]); err != nil {
		return err
	}
	for i, to := range []*uint32{&s.Weight, &s.ActiveConnections, &s.InactiveConnections} {
		v, err := strconv.ParseUint(fields[2+i], 10, 32)
		if err != nil {
			return fmt.Errorf("%.80q is not a number up to 4294967295", fields[2+i])
		}
		*to = uint32(v)
	}
	service := &p.table.Services[len(p.table.Services)-1]
	if service.ID.Mark != 0 && (len(service.Servers) == 0 || s.Forward != Tunnelled) {
		service.ID.MarkFamily = FamilyOf(address.Addr())
	}
	service.Servers = append(service.Servers, s)
	return nil
}

func parseProcForward(text string) (Forward, error) {
	for _, f := range []Forward{Masq, Local, Tunnelled, Route} {
		if strings.ToLower(text) == f.String() {
			return f, nil
		}
	}
	return 0, fmt.Errorf("%.80q is not a forwarding method", text)
}

// parseProcAddress reads 0A000001:0050 or
// [2001:0db8:0000:0000:0000:0000:0000:0001]:0050.
func parseProcAddress(text string) (netip.AddrPort, error) {
	malformed := fmt.Errorf("%.80q is not a hexadecimal ADDRESS:PORT", text)
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return netip.AddrPort{}, malformed
	}
	port, err := strconv.ParseUint(text[i+1:], 16, 16)
	if err != nil {
		return netip.AddrPort{}, malformed
	}
	host := text[:i]
	if v6, isV6 := strings.CutPrefix(host, "["); isV6 {
		address, err := netip.ParseAddr(strings.TrimSuffix(v6, "]"))
		if err != nil || !address.Is6() || address.Zone() != "" {
			return netip.AddrPort{}, malformed
		}
		return netip.AddrPortFrom(address, uint16(port)), nil
	}
	v4, err := strconv.ParseUint(host, 16, 32)
	if err != nil {
		return netip.AddrPort{}, malformed
	}
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], uint32(v4))
	return netip.AddrPortFrom(netip.AddrFrom4(b), uint16(port)), nil
}

// merge drops repeated entries.
func (p *procParser) merge() {
	m := newMemory()
	listed := len(p.table.Services)
	p.table.Services = m.dropServices(p.table.Services)
	p.table.Duplicates = listed - len(p.table.Services)
	for i := range p.table.Services {
		s := &p.table.Services[i]
		listed := len(s.Servers)
		s.Servers = m.dropServers(s.Servers)
		p.table.Duplicates += listed - len(s.Servers)
	}
}
