package ipvs

import (
	"errors"
	"net/netip"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestProcTable(t *testing.T) {
	p := newProc("testdata/proc", kernelAt("testdata/proc"))
	p.tick = time.Second / 250
	got, err := p.table()
	if err != nil {
		t.Fatal(err)
	}
	server := func(id string, forward Forward, weight, active, inactive uint32) RealServer {
		return RealServer{
			ID: ServerID{netip.MustParseAddrPort(id)}, Forward: forward,
			Weight: weight, ActiveConnections: active, InactiveConnections: inactive,
		}
	}
	address := func(p Protocol, a string) ServiceID { return AddressService(p, netip.MustParseAddrPort(a)) }
	want := &Table{
		Source: Procfs,
		Director: Director{
			Version: Version{1, 2, 1}, ConnectionBuckets: 4096,
			Stats:        Stats{Connections: 1<<32 + 10, IncomingPackets: 0x1f, OutgoingPackets: 0x2e, IncomingBytes: 0x3ff, OutgoingBytes: 0x400, Rates: Rates{1, 2, 3, 4, 5}},
			Applications: []Application{{Protocol: "tcp", Port: 21, Name: "ftp", Connections: 2}},
		},
		Services: []VirtualService{
			{
				ID: address(TCP, "10.0.0.1:80"), Scheduler: "wrr", Flags: FlagPersistent, Persistence: 5 * time.Minute, Netmask: Netmask4([4]byte{255, 255, 255, 0}),
				Servers: []RealServer{
					server("10.0.0.4:80", Masq, 0, 0, 0),
					server("10.0.0.3:8080", Tunnelled, 65535, 1<<32-1, 7),
					server("10.0.0.2:80", Local, 100, 1, 2),
				},
			},
			{ID: address(SCTP, "10.0.0.1:5060"), Scheduler: "wlc", Servers: []RealServer{server("10.0.0.2:5060", Route, 1, 0, 0)}},
			{ID: address(UDP, "10.0.0.1:514"), Scheduler: "mh", Flags: FlagOnePacket, Servers: nil},
			{
				ID: address(TCP, "[2001:db8::7]:21"), Scheduler: "rr", Flags: FlagPersistent, Persistence: 5 * time.Minute, Netmask: Netmask6(64),
				Servers: []RealServer{server("[2001:db8::2]:21", Masq, 3, 0, 0)},
			},
			{ID: MarkService(IPv4, 258), Scheduler: "rr", Servers: []RealServer{server("10.0.0.2:0", Masq, 1, 0, 0)}},
			{ID: MarkService(IPv6, 258), Scheduler: "rr", Servers: []RealServer{server("[2001:db8::2]:0", Masq, 1, 0, 0)}},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestProcWithoutIPVS(t *testing.T) {
	folder := t.TempDir()
	_, err := newProc(folder, kernelAt(folder)).table()
	if !errors.Is(cause(err), ErrNotSupported) {
		t.Errorf("error %v, want %v", cause(err), ErrNotSupported)
	}
}

func TestParseProcErrors(t *testing.T) {
	const heading = "IP Virtual Server version 1.2.1 (size=4096)\nProt\n  ->\n"
	tests := []struct{ name, text, want string }{
		{"empty", "", "/proc/net/ip_vs: no line names the version"},
		{"another file", "Inter-|   Receive", `/proc/net/ip_vs line 1: "Inter-|   Receive" is not the version line of IPVS`},
		{"cut in a service", heading + "TCP  0A000001:0050", "/proc/net/ip_vs line 4: virtual service of 2 fields, want at least 3"},
		{"cut in a server", heading + "TCP 0A000001:0050 rr\n  -> 0A000002:0050 Masq 1", "/proc/net/ip_vs line 5: real server of 3 fields, want 5"},
		{"unknown protocol", heading + "DCCP 0A000001:0050 rr", `/proc/net/ip_vs line 4: "DCCP" is not TCP, UDP, SCTP, FWM or ->`},
		{"server without service", heading + "  -> 0A000002:0050 Masq 1 0 0", "/proc/net/ip_vs line 4: real server before any virtual service"},
		{"mark 0", heading + "FWM 0 rr", `/proc/net/ip_vs line 4: "0" is not a firewall mark`},
		{"bad address", heading + "TCP 0A00000G:0050 rr", `/proc/net/ip_vs line 4: "0A00000G:0050" is not a hexadecimal ADDRESS:PORT`},
		{"bad port", heading + "TCP 0A000001:10000 rr", `/proc/net/ip_vs line 4: "0A000001:10000" is not a hexadecimal ADDRESS:PORT`},
		{"bad IPv6 address", heading + "TCP [2001:db8]:0050 rr", `/proc/net/ip_vs line 4: "[2001:db8]:0050" is not a hexadecimal ADDRESS:PORT`},
		{"unknown flag", heading + "TCP 0A000001:0050 rr sticky", `/proc/net/ip_vs line 4: "sticky" is not a flag of a virtual service`},
		{"cut in persistence", heading + "TCP 0A000001:0050 rr persistent 75000", `/proc/net/ip_vs line 4: "persistent" is not a flag of a virtual service`},
		{"timeout over 32 bits", heading + "TCP 0A000001:0050 rr persistent 4294967296 FFFFFFFF", `/proc/net/ip_vs line 4: "4294967296" is not a timeout in ticks`},
		{"bad netmask", heading + "TCP 0A000001:0050 rr persistent 75000 FFFFFFFFF", `/proc/net/ip_vs line 4: "FFFFFFFFF" is not a netmask`},
		{"line without end", heading + strings.Repeat("x", maxLine), "/proc/net/ip_vs line 4: longer than 65536 bytes"},
		{"bad method", heading + "TCP 0A000001:0050 rr\n-> 0A000002:0050 Nat 1 0 0", `/proc/net/ip_vs line 5: "Nat" is not a forwarding method`},
		{"negative weight", heading + "TCP 0A000001:0050 rr\n-> 0A000002:0050 Masq -1 0 0", `/proc/net/ip_vs line 5: "-1" is not a number up to 4294967295`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := parseProc(strings.NewReader(test.text), time.Second/250)
			if text := errorText(err); text != test.want {
				t.Errorf("error %q\nwant  %q", text, test.want)
			}
		})
	}
}

// Entries that the kernel repeats because of an edit meanwhile are merged.
func TestParseProcRepeated(t *testing.T) {
	const text = "IP Virtual Server version 1.2.1 (size=4096)\n\n\n" +
		"TCP 0A000001:0050 rr\n-> 0A000002:0050 Masq 1 0 0\n-> 0A000002:0050 Masq 2 0 0\n-> 0A000003:0050 Masq 1 0 0\n" +
		"TCP 0A000001:0050 rr\n-> 0A000002:0050 Masq 1 0 0\n"
	table, err := parseProc(strings.NewReader(text), time.Second/250)
	if err != nil {
		t.Fatal(err)
	}
	if len(table.Services) != 1 || len(table.Services[0].Servers) != 2 || table.Duplicates != 2 {
		t.Errorf("got %+v", table)
	}
}

// A tunnelled server's family need not be its firewall mark's.
func TestParseProcMarkFamily(t *testing.T) {
	const (
		tunnelled = "-> 0A000002:0000 Tunnel 1 0 0\n"
		ipv6      = "-> [2001:0db8:0000:0000:0000:0000:0000:0002]:0000 Masq 1 0 0\n"
	)
	tests := []struct {
		name, servers string
		want          Family
	}{
		{"none", "", IPv4},
		{"tunnelled alone", tunnelled, IPv4},
		{"tunnelled first", tunnelled + ipv6, IPv6},
		{"tunnelled last", ipv6 + tunnelled, IPv6},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			table, err := parseProc(strings.NewReader("IP Virtual Server version 1.2.1 (size=4096)\n\n\nFWM 00000102 rr\n"+test.servers), 0)
			if err != nil {
				t.Fatal(err)
			}
			if got := table.Services[0].ID; got != MarkService(test.want, 258) {
				t.Errorf("got %v, want family %v", got, test.want)
			}
		})
	}
}

// The kernel was given seconds; the length of its tick is cut to nanoseconds.
func TestParseProcTimeout(t *testing.T) {
	tests := []struct {
		name, text string
		tick       time.Duration
		want       time.Duration
	}{
		{"unknown tick", "75000", 0, 0},
		{"HZ=100", "30000", 10 * time.Millisecond, 5 * time.Minute},
		{"HZ=300", "90000", 3333333, 5 * time.Minute},
		{"HZ=300, 31 days", "803520000", 3333333, 31 * 24 * time.Hour},
		{"HZ=1000", "300000", time.Millisecond, 5 * time.Minute},
		{"HZ=1000, 31 days, printed with a sign", "-1616567296", time.Millisecond, 31 * 24 * time.Hour},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseProcTimeout(test.text, test.tick)
			if got != test.want || err != nil {
				t.Errorf("got %v, %v, want %v", got, err, test.want)
			}
		})
	}
}

func FuzzParseProc(f *testing.F) {
	seed, err := os.ReadFile("testdata/proc/net/ip_vs")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(seed))
	addCaptured(f, "proc/net/ip_vs")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := parseProc(strings.NewReader(text), time.Second/250)
		if err != nil {
			return
		}
		for _, s := range table.Services {
			if reparsed, err := ParseServiceID(s.ID.String()); err != nil || reparsed != s.ID {
				t.Errorf("%s does not parse as itself: %v", s.ID, err)
			}
		}
	})
}
