package collector

func newConnections() subject {
	labels := []string{"netns", "proto", "state"}
	return subject{name: NameConnections, part: partConnections, families: []family{
		newGauge("ipvs_connections", "Entries of the connection table by state, as ipvsadm -Lc names it; persistence templates are none or assured.", labels, putConnections),
		newGauge("ipvs_synced_connections", "Those of ipvs_connections that another director's sync daemon sent.", labels, putSynced),
		newGauge("ipvs_connections_truncated", "1 when the connection table was too large to count all of it, else 0.", []string{"netns"}, putTruncated),
	}}
}

func putConnections(v *view, o *output) {
	for _, n := range v.connections.Counts {
		o.add(float64(n.Connections), v.name, n.Protocol, n.State)
	}
}

func putSynced(v *view, o *output) {
	for _, n := range v.connections.Counts {
		o.add(float64(n.Synced), v.name, n.Protocol, n.State)
	}
}

func putTruncated(v *view, o *output) { o.add(oneIf(v.connections.Truncated), v.name) }
