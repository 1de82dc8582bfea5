package collector

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

type director struct {
	metrics[ipvs.Table]
	info, timeout, daemon, fingerprint *prometheus.Desc
}

func newDirector() *director {
	d := &director{
		info:        prometheus.NewDesc("ipvs_info", "Version of IPVS in the running kernel.", []string{"netns", "version"}, nil),
		timeout:     prometheus.NewDesc("ipvs_timeout_seconds", "How long an idle connection is kept, by state: established TCP, TCP after FIN, UDP.", []string{"netns", "state"}, nil),
		daemon:      prometheus.NewDesc("ipvs_sync_daemon_info", "A running connection synchronisation daemon.", []string{"netns", "role", "interface", "sync_id", "group", "port", "ttl"}, nil),
		fingerprint: prometheus.NewDesc("ipvs_table_fingerprint", "Hash of the table, equal on directors with equal tables: of services and servers (membership), and of their weights besides (weights).", []string{"netns", "scope"}, nil),
	}
	d.labels = []string{"netns"}
	addStats(&d.metrics, "ipvs_", "by the whole director", func(t *ipvs.Table) *ipvs.Stats { return &t.Director.Stats }, nil)
	d.gauge("ipvs_connection_table_buckets", "Size of the hash table of connections.",
		func(t *ipvs.Table) float64 { return float64(t.Director.ConnectionBuckets) })
	d.gauge("ipvs_services", "Virtual services of the director.",
		func(t *ipvs.Table) float64 { return float64(len(t.Services)) })
	d.gauge("ipvs_servers", "Real servers of the director, one for each virtual service that it serves.", countServers)
	return d
}

func (d *director) subject() subject {
	all := append(d.descs(), d.info, d.timeout, d.daemon, d.fingerprint)
	return subject{name: NameDirector, collect: d.collect, all: all}
}

func (d *director) collect(ch chan<- prometheus.Metric, t *ipvs.Table) {
	d.metrics.collect(ch, t, ownNetns)
	info(ch, d.info, ownNetns, t.Director.Version.String())
	d.collectTimeouts(ch, t.Director.Timeouts)
	for _, s := range t.Director.SyncDaemons {
		info(ch, d.daemon, ownNetns, s.Role, s.Interface, strconv.FormatUint(uint64(s.SyncID), 10),
			s.Group, strconv.Itoa(int(s.Port)), strconv.Itoa(int(s.TTL)))
	}
	membership, weights := fingerprints(t)
	ch <- prometheus.MustNewConstMetric(d.fingerprint, prometheus.GaugeValue, membership, ownNetns, "membership")
	ch <- prometheus.MustNewConstMetric(d.fingerprint, prometheus.GaugeValue, weights, ownNetns, "weights")
}

// collectTimeouts leaves out what is zero: a protocol that the kernel was
// built without, or all in a table from /proc.
func (d *director) collectTimeouts(ch chan<- prometheus.Metric, t ipvs.Timeouts) {
	for _, timeout := range []struct {
		state string
		value time.Duration
	}{{"tcp", t.TCP}, {"tcp_fin", t.TCPFin}, {"udp", t.UDP}} {
		if timeout.value != 0 {
			ch <- prometheus.MustNewConstMetric(d.timeout, prometheus.GaugeValue, timeout.value.Seconds(), ownNetns, timeout.state)
		}
	}
}

// ownNetns is the label of the network namespace that the program runs in.
const ownNetns = ""

func countServers(t *ipvs.Table) float64 {
	n := 0
	for i := range t.Services {
		n += len(t.Services[i].Servers)
	}
	return float64(n)
}
