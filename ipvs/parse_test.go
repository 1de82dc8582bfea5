package ipvs

import (
	"encoding/binary"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/mdlayher/netlink"
)

// encode returns the attributes that build writes.
func encode(t testing.TB, build func(*netlink.AttributeEncoder)) []byte {
	t.Helper()
	e := netlink.NewAttributeEncoder()
	build(e)
	b, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func nest(kind uint16, build func(*netlink.AttributeEncoder)) func(*netlink.AttributeEncoder) {
	return func(e *netlink.AttributeEncoder) {
		e.Nested(kind, func(e *netlink.AttributeEncoder) error { build(e); return nil })
	}
}

func encodeStats(e *netlink.AttributeEncoder, kind uint16, wide bool) {
	nest(kind, func(e *netlink.AttributeEncoder) {
		for i := uint16(1); i <= 10; i++ {
			switch isBytes := i == statsIncomingBytes || i == statsOutgoingBytes; {
			case wide:
				e.Uint64(i, uint64(i)<<32)
			case isBytes:
				e.Uint64(i, uint64(i))
			default:
				e.Uint32(i, uint32(i))
			}
		}
	})(e)
}

var (
	narrowStats = Stats{1, 2, 3, 4, 5, Rates{6, 7, 8, 9, 10}, true}
	wideStats   = Stats{1 << 32, 2 << 32, 3 << 32, 4 << 32, 5 << 32, Rates{6 << 32, 7 << 32, 8 << 32, 9 << 32, 10 << 32}, false}
)

func address(text string) []byte {
	union := make([]byte, 16)
	copy(union, netip.MustParseAddr(text).AsSlice())
	return union
}

func bigEndian16(v uint16) []byte { return binary.BigEndian.AppendUint16(nil, v) }

func flags(f Flags) []byte {
	return binary.NativeEndian.AppendUint32(binary.NativeEndian.AppendUint32(nil, uint32(f)), ^uint32(0))
}

func TestParseService(t *testing.T) {
	tests := []struct {
		name    string
		build   func(*netlink.AttributeEncoder)
		want    VirtualService
		wantErr string
	}{
		{name: "nothing", build: func(*netlink.AttributeEncoder) {}, wantErr: "netlink message without attribute 1"},
		{name: "no address", wantErr: "ipv4 address of 0 bytes", build: nest(attrService, func(e *netlink.AttributeEncoder) {
			e.Uint16(serviceFamily, uint16(IPv4))
		})},
		{name: "unknown family", wantErr: "unknown address family 7", build: nest(attrService, func(e *netlink.AttributeEncoder) {
			e.Uint16(serviceFamily, 7)
			e.Uint32(serviceMark, 1)
		})},
		{name: "short flags", wantErr: "netlink attribute 7 is 4 bytes long, not 8", build: nest(attrService, func(e *netlink.AttributeEncoder) {
			e.Uint32(serviceFlags, 1)
		})},
		{name: "prefix length over 128", wantErr: "IPv6 prefix length 129 is over 128", build: nest(attrService, func(e *netlink.AttributeEncoder) {
			e.Uint16(serviceFamily, uint16(IPv6))
			e.Uint32(serviceMark, 1)
			e.Bytes(serviceFlags, flags(FlagPersistent))
			e.Uint32(serviceNetmask, 129)
		})},
		{
			name: "address, 64-bit statistics preferred",
			build: nest(attrService, func(e *netlink.AttributeEncoder) {
				e.Uint16(serviceFamily, uint16(IPv4))
				e.Uint16(serviceProtocol, uint16(TCP))
				e.Bytes(serviceAddress, address("10.0.0.1"))
				e.Bytes(servicePort, bigEndian16(80))
				e.String(serviceScheduler, "wrr")
				e.Bytes(serviceFlags, flags(flagHashed|FlagOnePacket))
				e.Uint32(serviceNetmask, 0)
				encodeStats(e, serviceStats, false)
				encodeStats(e, serviceStats64, true)
			}),
			want: VirtualService{
				ID:        AddressService(TCP, netip.MustParseAddrPort("10.0.0.1:80")),
				Scheduler: "wrr", Flags: FlagOnePacket, Stats: wideStats,
			},
		},
		{
			name: "mark, persistent, 32-bit statistics",
			build: nest(attrService, func(e *netlink.AttributeEncoder) {
				e.Uint16(serviceFamily, uint16(IPv6))
				e.Uint32(serviceMark, 258)
				e.String(serviceScheduler, "mh")
				e.Bytes(serviceFlags, flags(flagHashed|FlagPersistent|FlagScheduler1))
				e.Uint32(serviceTimeout, 300)
				e.Uint32(serviceNetmask, 64)
				e.String(serviceEngine, "sip")
				encodeStats(e, serviceStats, false)
			}),
			want: VirtualService{
				ID: MarkService(IPv6, 258), Scheduler: "mh", Flags: FlagPersistent | FlagScheduler1,
				Persistence: 300 * time.Second, Netmask: Netmask6(64), Engine: "sip", Stats: narrowStats,
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got VirtualService
			err := parseService(&got, encode(t, test.build), names{})
			if text := errorText(err); text != test.wantErr {
				t.Fatalf("error %q, want %q", text, test.wantErr)
			}
			if test.wantErr == "" && !sameService(got, test.want) {
				t.Errorf("got %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func sameService(a, b VirtualService) bool {
	return a.ID == b.ID && a.Scheduler == b.Scheduler && a.Flags == b.Flags && a.Persistence == b.Persistence &&
		a.Netmask == b.Netmask && a.Engine == b.Engine && a.Stats == b.Stats
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestParseServer(t *testing.T) {
	full := RealServer{
		ID: ServerID{netip.MustParseAddrPort("[2001:db8::2]:6080")}, Forward: Tunnelled,
		Tunnel: Tunnel{Type: GUE, Port: 6080, Flags: 1}, Weight: 1<<31 - 1, UpperThreshold: 10, LowerThreshold: 5,
		ActiveConnections: 1, InactiveConnections: 2, PersistentConnections: 3, Stats: wideStats,
	}
	tests := []struct {
		name    string
		build   func(*netlink.AttributeEncoder)
		want    RealServer
		wantErr string
	}{
		{name: "nothing", build: func(*netlink.AttributeEncoder) {}, wantErr: "netlink message without attribute 2"},
		{name: "short weight", wantErr: "netlink attribute 4 is 2 bytes long, not 4", build: nest(attrServer, func(e *netlink.AttributeEncoder) {
			e.Uint16(serverWeight, 1)
		})},
		{name: "short statistic", wantErr: "netlink attribute 1 is 2 bytes long, not 8", build: nest(attrServer, func(e *netlink.AttributeEncoder) {
			e.Bytes(serverAddress, address("10.0.0.2"))
			nest(serverStats64, func(e *netlink.AttributeEncoder) { e.Uint16(statsConnections, 1) })(e)
		})},
		{name: "everything, a family other than the service's", want: full, build: nest(attrServer, func(e *netlink.AttributeEncoder) {
			e.Bytes(serverAddress, address("2001:db8::2"))
			e.Bytes(serverPort, bigEndian16(6080))
			e.Uint32(serverForward, 0x102)
			e.Uint32(serverWeight, 1<<31-1)
			e.Uint32(serverUpperThreshold, 10)
			e.Uint32(serverLowerThreshold, 5)
			e.Uint32(serverActive, 1)
			e.Uint32(serverInactive, 2)
			e.Uint32(serverPersistent, 3)
			e.Uint16(serverFamily, uint16(IPv6))
			encodeStats(e, serverStats, false)
			encodeStats(e, serverStats64, true)
			e.Uint8(serverTunnelType, uint8(GUE))
			e.Bytes(serverTunnelPort, bigEndian16(6080))
			e.Uint16(serverTunnelFlags, 1)
			e.Uint32(99, 1) // of a kernel to come
		})},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got RealServer
			err := parseServer(&got, encode(t, test.build), IPv4)
			if text := errorText(err); text != test.wantErr {
				t.Fatalf("error %q, want %q", text, test.wantErr)
			}
			if test.wantErr == "" && got != test.want {
				t.Errorf("got %+v\nwant %+v", got, test.want)
			}
		})
	}
}

// A real server that was read is written back whole.
func TestEncodeServerLosesNothing(t *testing.T) {
	for _, server := range []RealServer{
		{ID: ServerID{netip.MustParseAddrPort("10.0.0.2:80")}, Weight: 65535, UpperThreshold: 2, LowerThreshold: 1},
		{ID: ServerID{netip.MustParseAddrPort("10.0.0.2:0")}, Forward: Local},
		{ID: ServerID{netip.MustParseAddrPort("10.0.0.2:80")}, Forward: Tunnelled, Tunnel: Tunnel{Type: GRE, Flags: 2}},
		{ID: ServerID{netip.MustParseAddrPort("[2001:db8::2]:80")}, Forward: Tunnelled, Tunnel: Tunnel{Type: GUE, Port: 6080}},
		{ID: ServerID{netip.MustParseAddrPort("[::ffff:10.0.0.2]:80")}, Forward: Route},
	} {
		var e encoder
		e.service(MarkService(IPv4, 1))
		e.server(&server)
		var got RealServer
		if err := parseServer(&got, e.b, IPv4); err != nil || got != server {
			t.Errorf("got %+v, %v\nwant %+v", got, err, server)
		}
	}
}

func TestParseDirector(t *testing.T) {
	var d Director
	info := encode(t, func(e *netlink.AttributeEncoder) {
		e.Uint32(infoVersion, 0x010201)
		e.Uint32(infoBuckets, 4096)
	})
	if err := parseInfo(info, &d); err != nil || d.Version.String() != "1.2.1" || d.ConnectionBuckets != 4096 {
		t.Errorf("got %+v, %v", d, err)
	}
	if err := parseInfo(nil, &Director{}); err == nil {
		t.Error("an answer without a version is taken")
	}
	config := encode(t, func(e *netlink.AttributeEncoder) {
		e.Uint32(attrTimeoutTCP, 900)
		e.Uint32(attrTimeoutUDP, 300)
	})
	want := Timeouts{TCP: 15 * time.Minute, UDP: 5 * time.Minute}
	if got, err := parseTimeouts(config); err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestParseDaemon(t *testing.T) {
	got, err := parseDaemon(encode(t, nest(attrDaemon, func(e *netlink.AttributeEncoder) {
		e.Uint32(daemonState, 2)
		e.String(daemonInterface, "eth0")
		e.Uint32(daemonSyncID, 7)
		e.Uint16(daemonMaxLength, 1460)
		e.Bytes(daemonGroup, []byte{224, 0, 0, 81})
		e.Uint16(daemonPort, 8848)
		e.Uint8(daemonTTL, 1)
	})), names{})
	want := SyncDaemon{Role: "backup", Interface: "eth0", SyncID: 7, MaxLength: 1460, Group: "224.0.0.81", Port: 8848, TTL: 1}
	if err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	_, err = parseDaemon(encode(t, nest(attrDaemon, func(e *netlink.AttributeEncoder) { e.Uint16(daemonGroup6, 1) })), names{})
	if text := errorText(err); !strings.Contains(text, "multicast group") {
		t.Errorf("error %q", text)
	}
}

func FuzzParseMessages(f *testing.F) {
	var e encoder
	e.service(MarkService(IPv6, 1))
	e.server(&RealServer{
		ID: ServerID{netip.MustParseAddrPort("[2001:db8::2]:80")}, Tunnel: Tunnel{Type: GUE, Port: 1}, Forward: Tunnelled,
	})
	f.Add(e.b)
	f.Add(encode(f, nest(attrService, func(e *netlink.AttributeEncoder) {
		e.Uint16(serviceFamily, uint16(IPv4))
		e.Bytes(serviceAddress, address("10.0.0.1"))
		e.Bytes(serviceFlags, flags(FlagPersistent))
		encodeStats(e, serviceStats, false)
	})))
	for _, folder := range captures {
		for _, name := range []string{"services", "servers-8", "daemons", "info", "config"} {
			for _, message := range capturedMessages(f, folder, name) {
				f.Add(message)
			}
		}
	}
	f.Fuzz(parseAll)
}

// parseAll reads a message as each kind that there is.
func parseAll(t *testing.T, message []byte) {
	if s := (VirtualService{}); parseService(&s, message, names{}) == nil && s.ID.Mark == 0 && !s.ID.Address.IsValid() {
		t.Errorf("parsed a service without an address: %+v", s)
	}
	if s := (RealServer{}); parseServer(&s, message, IPv4) == nil && !s.ID.IsValid() {
		t.Errorf("parsed a server without an address: %+v", s)
	}
	if d, err := parseDaemon(message, names{}); err == nil && d.Group != "" && !netip.MustParseAddr(d.Group).IsValid() {
		t.Errorf("parsed a daemon with the group %s", d.Group)
	}
	if timeouts, err := parseTimeouts(message); err == nil && min(timeouts.TCP, timeouts.TCPFin, timeouts.UDP) < 0 {
		t.Errorf("parsed negative timeouts: %+v", timeouts)
	}
	if d := (Director{}); parseInfo(message, &d) == nil && d.Version == (Version{}) {
		t.Errorf("parsed a director without a version: %+v", d)
	}
}

func TestMessages(t *testing.T) {
	one := func(length uint32, kind, flags uint16, body ...byte) []byte {
		b := binary.NativeEndian.AppendUint32(nil, length)
		b = binary.NativeEndian.AppendUint16(b, kind)
		b = binary.NativeEndian.AppendUint16(b, flags)
		b = binary.NativeEndian.AppendUint32(b, 5)
		b = binary.NativeEndian.AppendUint32(b, 0)
		return append(b, body...)
	}
	errno := binary.NativeEndian.AppendUint32(nil, ^uint32(1)) // -2
	tests := []struct {
		name      string
		datagram  []byte
		wantKinds []uint16
		wantErrno uint32
		wantErr   string
	}{
		{name: "stray bytes", datagram: []byte{1, 2, 3}, wantErr: "netlink datagram ends in 3 stray bytes"},
		{name: "length below the header's", datagram: one(15, 20, 0), wantErr: "netlink message of length 15 in 16 bytes"},
		{name: "length past the end", datagram: one(20, 20, 0), wantErr: "netlink message of length 20 in 16 bytes"},
		{name: "huge length", datagram: one(1<<32-1, 20, 0), wantErr: "netlink message of length 4294967295 in 16 bytes"},
		{name: "empty"},
		{name: "two, the first padded", datagram: append(one(17, 20, 0, 1, 0, 0, 0), one(16, 21, 0)...), wantKinds: []uint16{20, 21}},
		{name: "error", datagram: one(20, messageError, 0, errno...), wantKinds: []uint16{messageError}, wantErrno: 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := messages{rest: test.datagram}
			var kinds []uint16
			for m.next() {
				kinds = append(kinds, m.kind)
			}
			if text := errorText(m.err); text != test.wantErr {
				t.Fatalf("error %q, want %q", text, test.wantErr)
			}
			if len(kinds) != len(test.wantKinds) || m.errno() != test.wantErrno {
				t.Errorf("kinds %v, errno %d", kinds, m.errno())
			}
		})
	}
}

func FuzzMessages(f *testing.F) {
	f.Add([]byte{16, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, datagram []byte) {
		read := 0
		for m := (messages{rest: datagram}); m.next(); read += messageHeader {
			_ = m.errno()
		}
		if read > len(datagram) {
			t.Errorf("%d bytes of headers in %d", read, len(datagram))
		}
	})
}
