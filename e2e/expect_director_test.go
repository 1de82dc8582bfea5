//go:build lab

package e2e

import (
	"strings"
	"testing"
)

// director is what belongs to the whole network namespace.
func (e expected) director(t *testing.T) {
	e.set(1, "ipvs_up")
	e.set(1, "ipvs_source_info", "source", "netlink")
	e.version(t)
	e.timeouts(t)
	for line := range strings.Lines(e.printed["-L --daemon"]) {
		e.daemon(t, line)
	}
}

// version reads a line like
// IP Virtual Server version 1.2.1 (size=4096)
func (e expected) version(t *testing.T) {
	fields := strings.Fields(e.lines("-Ln --nosort", 0)[0])
	e.set(1, "ipvs_info", "version", fields[4])
	e.set(number(t, strings.Trim(fields[5], "(size=)")), "ipvs_connection_table_buckets")
}

// timeouts reads a line like
// Timeout (tcp tcpfin udp): 900 120 300
func (e expected) timeouts(t *testing.T) {
	_, values, _ := strings.Cut(e.printed["-L --timeout"], "):")
	for i, value := range strings.Fields(values) {
		e.set(number(t, value), "ipvs_timeout_seconds", "state", []string{"tcp", "tcp_fin", "udp"}[i])
	}
}

// daemon reads a line like
// master sync daemon (mcast=br0, syncid=7, maxlen=1460, group=224.0.0.81, port=8848, ttl=1)
func (e expected) daemon(t *testing.T, line string) {
	role, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	_, rest, _ = strings.Cut(rest, "(")
	values := map[string]string{}
	for pair := range strings.SplitSeq(strings.TrimSuffix(rest, ")"), ", ") {
		name, value, _ := strings.Cut(pair, "=")
		values[name] = value
	}
	e.set(number(t, values["maxlen"]), "ipvs_sync_daemon_message_bytes", "role", role)
	e.set(1, "ipvs_sync_daemon_info", "role", role, "interface", values["mcast"], "sync_id", values["syncid"],
		"group", values["group"], "port", values["port"], "ttl", values["ttl"])
}
