package collector

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/common/expfmt"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs/ipvstest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// table has every kind of service, and in each number another value.
func table() *ipvs.Table {
	t := &ipvs.Table{
		Source: ipvs.Netlink,
		Director: ipvs.Director{
			Kernel: "6.12.117", OverheadFactor: 257,
			Version: ipvs.Version{Major: 1, Minor: 2, Patch: 1}, ConnectionBuckets: 4096,
			Timeouts: ipvs.Timeouts{TCP: 15 * time.Minute, TCPFin: 2 * time.Minute, UDP: 5 * time.Minute},
			SyncDaemons: []ipvs.SyncDaemon{
				{Role: "master", Interface: "eth0", SyncID: 7, MaxLength: 1472, Group: "224.0.0.81", Port: 8848, TTL: 1},
			},
		},
		Services:   ipvstest.Services(),
		Retries:    2,
		Duplicates: 3,
	}
	next := uint64(0)
	number := func() uint64 { next++; return next }
	stats := func() ipvs.Stats {
		return ipvs.Stats{
			Connections: number(), IncomingPackets: number(), OutgoingPackets: number(),
			IncomingBytes: 1<<32 + number(), OutgoingBytes: number(),
		}
	}
	t.Director.Stats = stats()
	for i := range t.Services {
		t.Services[i].Stats = stats()
		for j := range t.Services[i].Servers {
			s := &t.Services[i].Servers[j]
			s.Stats = stats()
			s.ActiveConnections, s.InactiveConnections = uint32(number()), uint32(number())
			s.PersistentConnections = uint32(number())
		}
	}
	return t
}

func procTable(t *testing.T) *ipvs.Table {
	table, err := ipvs.NewClient(ipvs.Options{Proc: "../ipvs/testdata/proc", Source: ipvs.Procfs}).Table()
	if err != nil {
		t.Fatal(err)
	}
	for i := range table.Services { // in ticks of this machine's length
		if s := &table.Services[i]; s.Flags.Has(ipvs.FlagPersistent) {
			s.Persistence = 5 * time.Minute
		}
	}
	return table
}

func TestCollect(t *testing.T) {
	empty := &ipvs.Table{Source: ipvs.Netlink, Director: ipvs.Director{Version: ipvs.Version{Major: 1}}}
	tests := []struct {
		name      string
		directors []Director
		options   Options
	}{
		{"unreadable", directors(&fake{errs: map[string]error{"table": errors.New("no kernel")}}), Options{}},
		{"empty", directors(&fake{table: empty}), Options{}},
		{"netlink", directors(&fake{table: table()}), Options{}},
		{"procfs", directors(&fake{table: procTable(t)}), Options{}},
		{"services_only", directors(&fake{table: table()}), Options{Collectors: []string{NameServices}}},
		{"off_by_default", directors(everything()), Options{Collectors: []string{NameRates, NameSysctl, NameConnections, NamePerCPU}}},
		{"namespaces", directors(&fake{table: empty}, &fake{netns: "lb_1", table: table()},
			&fake{netns: "lb_2", errs: map[string]error{"table": errors.New("broken")}},
			&fake{netns: "lb_3", errs: map[string]error{"sysctls": ipvs.ErrNoNetns}, table: table()},
		), Options{Collectors: []string{NameDirector, NameSysctl}}},
		{"filtered", directors(&fake{table: table()}), Options{
			Collectors: []string{NameServices, NameServers, NameRates},
			Include:    []string{"tcp/*", "fwm/*"}, Exclude: []string{"tcp/[*"}, ServersLimit: 1,
		}},
		{"node_exporter", directors(&fake{table: nodeTable()}, &fake{netns: "lb_1", table: table()}), Options{
			Collectors: []string{NameNodeExporter}, Exclude: []string{"udp/10.0.0.9:53"},
		}},
		{"latency", directors(&fake{netns: "lb_1", inode: 7, table: table()}, &fake{netns: "lb_2", inode: 8, table: empty},
			&fake{netns: "lb_3", inode: 9, errs: map[string]error{"table": errors.New("broken")}},
		), Options{
			Collectors: []string{NameLatency}, Include: []string{"tcp/10.0.0.1:80", "fwm/*"}, Latency: latencyOf(&fake{inode: 7, table: table()}),
		}},
		{"latency_unmeasured", directors(everything()), Options{Collectors: []string{NameLatency}}},
		{"named", directors(&fake{netns: "lb_1", table: table()}), Options{
			Collectors: []string{NameServices, NameServers}, Include: []string{"fwm/*"}, Naming: naming{}, DNSMismatch: mismatch,
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := New(func() []Director { return test.directors }, test.options)
			compareGolden(t, filepath.Join("testdata", test.name+".prom"), gather(t, c))
		})
	}
}

// gather returns the text of all series but those that tell the time.
func gather(t *testing.T, c prometheus.Collector) string {
	t.Helper()
	lines := slices.DeleteFunc(strings.SplitAfter(gatherAll(t, c, expfmt.NewFormat(expfmt.TypeTextPlain)), "\n"), func(line string) bool {
		return strings.Contains(line, "ipvs_scrape_collector_duration_seconds")
	})
	return strings.Join(lines, "")
}

// gatherAll returns what a registry has of c.
func gatherAll(t *testing.T, c prometheus.Collector, format expfmt.Format, options ...expfmt.EncoderOption) string {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(c)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	encoder := expfmt.NewEncoder(&b, format, options...)
	for _, f := range families {
		if err := encoder.Encode(f); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func compareGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	wantLines := strings.Split(string(want), "\n")
	for line := range strings.SplitSeq(got, "\n") {
		if !slices.Contains(wantLines, line) {
			t.Errorf("not in %s: %s", file, line)
		}
	}
	t.Errorf("%s differs; look at the change, then run the test with -update", file)
}

func TestNamesAreWellFormed(t *testing.T) {
	problems, err := testutil.CollectAndLint(New(only(everything()), Options{Collectors: Names(), Latency: latencyOf(everything())}))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// The counters of retries and duplicates add up over reads.
func TestReadCountersAddUp(t *testing.T) {
	c := New(only(&fake{table: table()}), Options{})
	gather(t, c)
	if got := gather(t, c); !strings.Contains(got, `ipvs_read_retries_total{netns=""} 4`) ||
		!strings.Contains(got, `ipvs_read_duplicates_total{netns=""} 6`) {
		t.Errorf("after two reads:\n%s", got)
	}
}

func TestFingerprintIgnoresOrder(t *testing.T) {
	fingerprints := func(table *ipvs.Table) (membership, weights float64) {
		r, err := newNamespace(&fake{table: table}, Options{}).readTable()
		if err != nil {
			t.Fatal(err)
		}
		return r.fingerprint.values()
	}
	one, other := table(), table()
	slices.Reverse(other.Services)
	for i := range other.Services {
		slices.Reverse(other.Services[i].Servers)
	}
	members, weights := fingerprints(one)
	if m, w := fingerprints(other); m != members || w != weights {
		t.Error("the order of entries changes the fingerprint")
	}
	other.Services[len(other.Services)-1].Servers[0].Weight++
	if m, w := fingerprints(other); m != members || w == weights {
		t.Errorf("another weight: membership changed %t, weights changed %t", m != members, w != weights)
	}
	other.Services = other.Services[1:]
	if m, _ := fingerprints(other); m == members {
		t.Error("a missing service leaves the fingerprint of membership")
	}
}
