package collector

import (
	"strconv"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

func newDirector() subject {
	m := metrics[ipvs.Table]{labels: []string{"netns"}, walk: walkTable}
	addStats(&m, "ipvs_", "by the whole director", true, func(all []ipvs.Table, c counter, values []float64) {
		for i := range all {
			values[i] = c.of(&all[i].Director.Stats)
		}
	})
	m.gauge("ipvs_connection_table_buckets", "Size of the hash table of connections.",
		each(func(t *ipvs.Table) float64 { return float64(t.Director.ConnectionBuckets) }))
	m.gauge("ipvs_services", "Virtual services of the director.",
		each(func(t *ipvs.Table) float64 { return float64(len(t.Services)) }))
	m.gauge("ipvs_servers", "Real servers of the director, one for each virtual service that it serves.", each(countServers))
	return subject{name: NameDirector, part: partTable, families: append(m.families,
		newGauge("ipvs_info", "Version of IPVS in the running kernel.", []string{"netns", "version"}, putVersion),
		newGauge("ipvs_timeout_seconds", "How long an idle connection is kept, by state: established TCP, TCP after FIN, UDP.", []string{"netns", "state"}, putTimeouts),
		newGauge("ipvs_sync_daemon_info", "A running connection synchronisation daemon.", []string{"netns", "role", "interface", "sync_id", "group", "port", "ttl"}, putDaemons),
		newGauge("ipvs_sync_daemon_message_bytes", "Largest message that a running connection synchronisation daemon sends or takes.", []string{"netns", "role"}, putDaemonBytes),
		newGauge("ipvs_table_fingerprint", "Hash of the table, equal on directors with equal tables: of services and servers (membership), and of their weights besides (weights).", []string{"netns", "scope"}, putFingerprints),
		newGauge("ipvs_application_connections", "Connections that an application's helper follows, as that of ftp.", []string{"netns", "application", "proto", "port"}, putApplications),
	)}
}

func walkTable(v *view, each func([]ipvs.Table, group)) {
	each([]ipvs.Table{*v.table}, group{identities: []identity{{last: v.name, origin: v.origin}}})
}

func countServers(t *ipvs.Table) float64 {
	n := 0
	for i := range t.Services {
		n += len(t.Services[i].Servers)
	}
	return float64(n)
}

func putVersion(v *view, o *output) { o.add(1, v.name, v.table.Director.Version.String()) }

// putTimeouts leaves out what is zero: a protocol that the kernel was built
// without, or all in a table from /proc.
func putTimeouts(v *view, o *output) {
	t := v.table.Director.Timeouts
	for _, timeout := range []struct {
		state string
		value time.Duration
	}{{"tcp", t.TCP}, {"tcp_fin", t.TCPFin}, {"udp", t.UDP}} {
		if timeout.value != 0 {
			o.add(timeout.value.Seconds(), v.name, timeout.state)
		}
	}
}

func putDaemons(v *view, o *output) {
	for _, s := range v.table.Director.SyncDaemons {
		o.add(1, v.name, s.Role, s.Interface, strconv.FormatUint(uint64(s.SyncID), 10),
			s.Group, strconv.Itoa(int(s.Port)), strconv.Itoa(int(s.TTL)))
	}
}

func putDaemonBytes(v *view, o *output) {
	for _, s := range v.table.Director.SyncDaemons {
		o.add(float64(s.MaxLength), v.name, s.Role)
	}
}

func putFingerprints(v *view, o *output) {
	membership, weights := v.fingerprint.values()
	o.add(membership, v.name, "membership")
	o.add(weights, v.name, "weights")
}

func putApplications(v *view, o *output) {
	for _, a := range v.table.Director.Applications {
		o.add(float64(a.Connections), v.name, a.Name, a.Protocol, strconv.Itoa(int(a.Port)))
	}
}
