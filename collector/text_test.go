package collector

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Text has the same lines as a registry's, with the series of each family
// together, under its header. Durations alone differ.
func TestTextIsThatOfTheRegistry(t *testing.T) {
	formats := []struct {
		name    string
		format  TextFormat
		write   expfmt.Format
		options []expfmt.EncoderOption
	}{
		{"text", TextFormat{}, expfmt.NewFormat(expfmt.TypeTextPlain), nil},
		{"OpenMetrics", TextFormat{OpenMetrics: true}, expfmt.NewFormat(expfmt.TypeOpenMetrics), nil},
		{"OpenMetrics with created", TextFormat{OpenMetrics: true, Created: true}, expfmt.NewFormat(expfmt.TypeOpenMetrics), []expfmt.EncoderOption{expfmt.WithCreatedLines()}},
	}
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 0))
		fakes := []*fake{randomDirector(random, ""), randomDirector(random, `l"b\1`), everything(), randomDirector(random, strings.Repeat("long ", 40))}
		fakes[2].netns, fakes[2].errs = "broken", map[string]error{"sysctls": fmt.Errorf("unreadable")}
		c := New(func() []Director { return directors(fakes[0], fakes[1], fakes[2], fakes[3]) }, Options{
			Collectors: Names(), Naming: oddNaming{}, DNSMismatch: mismatch, Exclude: []string{"udp/*"}, ServersLimit: 6,
			Latency: latencyOf(fakes[:2]...),
		})
		gatherAll(t, c, formats[0].write)
		fakes[0].table = nextTable(random, fakes[0].table)
		for _, f := range formats {
			want := gatherAll(t, c, f.write, f.options...)
			var got bytes.Buffer
			if err := c.WriteText(t.Context(), &got, f.format, Names()...); err != nil {
				t.Fatal(err)
			}
			expectSameLines(t, fmt.Sprintf("seed %d, %s", seed, f.name), got.String(), want)
			if seed > 0 {
				expectGrouped(t, got.String())
			}
		}
	}
}

// A text is written in parts.
func TestLongTextIsThatOfTheRegistry(t *testing.T) {
	table := bigTable(20, 100)
	addTraffic(&ipvs.Table{Services: table.Services[:10]})
	c := New(only(&fake{table: table}), Options{Collectors: Names()})
	want := gatherAll(t, c, expfmt.NewFormat(expfmt.TypeTextPlain))
	var got bytes.Buffer
	if err := c.WriteText(t.Context(), &got, TextFormat{}, Names()...); err != nil {
		t.Fatal(err)
	}
	if got.Len() < 2*textSize {
		t.Errorf("only %d bytes", got.Len())
	}
	expectSameLines(t, "20 services of 100", got.String(), want)
	expectGrouped(t, got.String())
}

// expectSameLines compares the lines sorted, without what tells of this read
// alone: how long it took, and how many there were.
func expectSameLines(t *testing.T, name, got, want string) {
	t.Helper()
	sorted := func(text string) []string {
		lines := slices.DeleteFunc(strings.SplitAfter(text, "\n"), func(line string) bool {
			return strings.HasPrefix(line, "ipvs_scrape_collector_duration_seconds{") || strings.HasPrefix(line, "ipvs_read_")
		})
		slices.Sort(lines)
		return lines
	}
	g, w := sorted(got), sorted(want)
	if len(w) < 100 {
		t.Errorf("%s: only %d lines to compare", name, len(w))
	}
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			t.Fatalf("%s: %d and %d lines; the first that differs is %q, want %q", name, len(g), len(w), g[min(i, len(g)-1)], w[min(i, len(w)-1)])
		}
	}
}

// expectGrouped wants the series of a family to follow its header at once.
func expectGrouped(t *testing.T, text string) {
	t.Helper()
	family, seen := "", map[string]bool{}
	for line := range strings.Lines(text) {
		if rest, found := strings.CutPrefix(line, "# HELP "); found {
			family, _, _ = strings.Cut(rest, " ")
			if seen[rest] {
				t.Fatalf("%s is there twice", family)
			}
			seen[rest] = true
		} else if !strings.HasPrefix(line, "# TYPE "+family+" ") && !strings.HasPrefix(line, family) {
			t.Fatalf("within %s: %s", family, line)
		}
	}
}

// randomDirector has virtual services of all kinds, with numbers of all sizes.
func randomDirector(r *rand.Rand, netns string) *fake {
	d := everything()
	d.netns = netns
	d.table.Services = nil
	for i := range r.IntN(8) {
		s := ipvs.VirtualService{
			ID:        ipvs.AddressService([]ipvs.Protocol{ipvs.TCP, ipvs.UDP, ipvs.SCTP, 99}[r.IntN(4)], randomAddress(r, i)),
			Scheduler: []string{"rr", "wrr", "wlc", "sh", "mh", "sed", "nq", "lc", `o"d\d`, "fo", "none"}[r.IntN(11)],
			Flags:     ipvs.Flags(r.IntN(64)), Persistence: time.Duration(r.IntN(3)) * time.Minute,
			Engine: []string{"", "sip"}[r.IntN(2)], Stats: randomStats(r),
		}
		if r.IntN(4) == 0 {
			s.ID = ipvs.MarkService([]ipvs.Family{ipvs.IPv4, ipvs.IPv6}[r.IntN(2)], uint32(i)+1)
		}
		for j := range r.IntN(9) {
			s.Servers = append(s.Servers, ipvs.RealServer{
				ID: ipvs.ServerID{AddrPort: randomAddress(r, j)}, Forward: ipvs.Forward(r.IntN(6)),
				Tunnel: ipvs.Tunnel{Type: ipvs.TunnelType(r.IntN(4)), Port: uint16(r.IntN(2) * 6080), Flags: uint16(r.IntN(4))},
				Weight: uint32(r.IntN(4)), UpperThreshold: uint32(r.IntN(3)), LowerThreshold: uint32(r.IntN(2)),
				ActiveConnections: uint32(r.IntN(4)), InactiveConnections: r.Uint32() >> r.IntN(32), PersistentConnections: r.Uint32() >> r.IntN(32),
				Stats: randomStats(r),
			})
		}
		d.table.Services = append(d.table.Services, s)
	}
	return d
}

// randomAddress differs from that of another i.
func randomAddress(r *rand.Rand, i int) netip.AddrPort {
	address := netip.AddrFrom4([4]byte{10, 0, byte(i), byte(r.IntN(256))})
	if r.IntN(2) == 0 {
		address = netip.AddrFrom16([16]byte{0: 0x20, 1: 1, 13: byte(i), 15: byte(r.IntN(256))})
	}
	return netip.AddrPortFrom(address, uint16(r.IntN(1<<16)))
}

func randomStats(r *rand.Rand) ipvs.Stats {
	n := func() uint64 { return r.Uint64() >> r.IntN(65) }
	return ipvs.Stats{
		Connections: n(), IncomingPackets: n(), OutgoingPackets: n(), IncomingBytes: n(), OutgoingBytes: n(),
		Rates: ipvs.Rates{Connections: n(), IncomingPackets: n(), OutgoingPackets: n(), IncomingBytes: n(), OutgoingBytes: n()},
	}
}

// nextTable is what a later read may find: some counters set to zero, other
// weights, servers in another order, gone and new ones.
func nextTable(r *rand.Rand, last *ipvs.Table) *ipvs.Table {
	next := *last
	next.Services = slices.Clone(last.Services)
	for i := range next.Services {
		s := &next.Services[i]
		s.Servers = slices.Clone(s.Servers)
		s.Stats = ipvs.Stats{}
		for j := range s.Servers {
			if r.IntN(2) == 0 {
				s.Servers[j].Stats, s.Servers[j].Weight = ipvs.Stats{}, 9
			}
		}
		if r.IntN(2) == 0 {
			r.Shuffle(len(s.Servers), func(a, b int) { s.Servers[a], s.Servers[b] = s.Servers[b], s.Servers[a] })
		}
		if len(s.Servers) > 0 && r.IntN(2) == 0 {
			s.Servers[0].ID = ipvs.ServerID{AddrPort: netip.MustParseAddrPort("10.9.9.9:9")}
			s.Servers[0].Stats = ipvs.Stats{}
		}
	}
	return &next
}

// oddNaming has names with everything that text must escape.
type oddNaming struct{}

func (oddNaming) Service(_ string, id ipvs.ServiceID, _ []netip.Addr) string {
	return "a \"service\"\n\\ " + id.String()
}

func (oddNaming) Server(_ string, s ipvs.ServerID) string {
	return []string{"", "ünicode", `"`, "\\", "\n", strings.Repeat("long ", 40)}[int(s.Port())%6]
}

// Numbers are written as strconv and expfmt write them.
func FuzzNumbers(f *testing.F) {
	for _, x := range []float64{0, math.Copysign(0, -1), 1, 10, 999999, 1e6, 1234567, 1<<53 - 1, 1 << 53, 1 << 63, 1 << 64, 1e21, 0.1, -1, -1e6, 1e-7, math.Inf(1), math.Inf(-1), math.NaN(), math.MaxFloat64} {
		f.Add(x)
	}
	f.Fuzz(func(t *testing.T, x float64) {
		want := strconv.FormatFloat(x, 'g', -1, 64)
		if x == 0 {
			want = "0"
		}
		plain, open := &text{}, &text{format: TextFormat{OpenMetrics: true}}
		if got := string(plain.appendNumber(nil, x)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if !strings.ContainsAny(want, "e.IN") {
			want += ".0"
		}
		if got := string(open.appendNumber(nil, x)); got != want {
			t.Errorf("OpenMetrics: got %s, want %s", got, want)
		}
	})
}

type brokenWriter struct{ error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.error }

func TestTextSaysWhatBroke(t *testing.T) {
	want := fmt.Errorf("gone")
	if err := New(only(everything()), Options{}).WriteText(t.Context(), brokenWriter{want}, TextFormat{}, Names()...); err != want {
		t.Errorf("got %v", err)
	}
}
