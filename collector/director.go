package collector

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

type director struct {
	metrics[ipvs.Table]
	info, timeout, daemon, daemonBytes, fingerprint, application *prometheus.Desc
}

func newDirector() *director {
	d := &director{
		info:        prometheus.NewDesc("ipvs_info", "Version of IPVS in the running kernel.", []string{"netns", "version"}, nil),
		timeout:     prometheus.NewDesc("ipvs_timeout_seconds", "How long an idle connection is kept, by state: established TCP, TCP after FIN, UDP.", []string{"netns", "state"}, nil),
		daemon:      prometheus.NewDesc("ipvs_sync_daemon_info", "A running connection synchronisation daemon.", []string{"netns", "role", "interface", "sync_id", "group", "port", "ttl"}, nil),
		daemonBytes: prometheus.NewDesc("ipvs_sync_daemon_message_bytes", "Largest message that a running connection synchronisation daemon sends or takes.", []string{"netns", "role"}, nil),
		fingerprint: prometheus.NewDesc("ipvs_table_fingerprint", "Hash of the table, equal on directors with equal tables: of services and servers (membership), and of their weights besides (weights).", []string{"netns", "scope"}, nil),
		application: prometheus.NewDesc("ipvs_application_connections", "Connections that an application's helper follows, as that of ftp.", []string{"netns", "application", "proto", "port"}, nil),
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
	all := append(d.descs(), d.info, d.timeout, d.daemon, d.daemonBytes, d.fingerprint, d.application)
	return subject{name: NameDirector, part: partTable, collect: d.collect, all: all}
}

func (d *director) collect(ch chan<- prometheus.Metric, v *view) {
	t := v.table
	d.metrics.collect(ch, t, v.origins.director, v.name)
	info(ch, d.info, v.name, t.Director.Version.String())
	d.collectTimeouts(ch, v.name, t.Director.Timeouts)
	for _, s := range t.Director.SyncDaemons {
		info(ch, d.daemon, v.name, s.Role, s.Interface, strconv.FormatUint(uint64(s.SyncID), 10),
			s.Group, strconv.Itoa(int(s.Port)), strconv.Itoa(int(s.TTL)))
		gauge(ch, d.daemonBytes, float64(s.MaxLength), v.name, s.Role)
	}
	for _, a := range t.Director.Applications {
		gauge(ch, d.application, float64(a.Connections), v.name, a.Name, a.Protocol, strconv.Itoa(int(a.Port)))
	}
	membership, weights := fingerprints(t)
	gauge(ch, d.fingerprint, membership, v.name, "membership")
	gauge(ch, d.fingerprint, weights, v.name, "weights")
}

// collectTimeouts leaves out what is zero: a protocol that the kernel was
// built without, or all in a table from /proc.
func (d *director) collectTimeouts(ch chan<- prometheus.Metric, netns string, t ipvs.Timeouts) {
	for _, timeout := range []struct {
		state string
		value time.Duration
	}{{"tcp", t.TCP}, {"tcp_fin", t.TCPFin}, {"udp", t.UDP}} {
		if timeout.value != 0 {
			gauge(ch, d.timeout, timeout.value.Seconds(), netns, timeout.state)
		}
	}
}

func countServers(t *ipvs.Table) float64 {
	n := 0
	for i := range t.Services {
		n += len(t.Services[i].Servers)
	}
	return float64(n)
}
