//go:build lab

package e2e

import (
	"strconv"
	"strings"
	"testing"
)

// totals are in the hexadecimal columns of /proc/net/ip_vs_stats, the rates
// below the counters; ipvsadm does not print them.
func (e expected) totals(t *testing.T) {
	lines := e.lines("ip_vs_stats", 0)
	for i, field := range strings.Fields(lines[2]) {
		e.set(hexadecimal(t, field), "ipvs_"+statsColumns[i]+"_total")
	}
	for i, field := range strings.Fields(lines[5]) {
		e.set(hexadecimal(t, field), "ipvs_"+statsColumns[i]+"_per_second")
	}
}

// processors reads rows like the totals', after each processor's number,
// hexadecimal too. Below the last, ~ is before totals.
func (e expected) processors(t *testing.T) {
	for _, line := range e.lines("ip_vs_stats_percpu", 2) {
		fields := strings.Fields(line)
		if fields[0] == "~" {
			break
		}
		cpu := strconv.Itoa(int(hexadecimal(t, fields[0])))
		for i, field := range fields[1:] {
			e.set(hexadecimal(t, field), "ipvs_cpu_"+statsColumns[i]+"_total", "cpu", cpu)
		}
	}
}

// connections counts lines of ipvsadm like
// TCP 14:58  ESTABLISHED 10.0.1.2:51234  10.0.1.100:80  10.0.2.11:8080
// and among those of /proc the ones with SYNC, like
// TCP 0A000102 D904 0A000164 0050 0A00020B 1F90 ESTABLISHED SYNC 899
func (e expected) connections() {
	e.set(0, "ipvs_connections_truncated")
	for _, line := range e.lines("-Lnc", 2) {
		fields := strings.Fields(strings.ToLower(line))
		e.samples[series("ipvs_connections", "proto", fields[0], "state", fields[2])]++
		e.set(0, "ipvs_synced_connections", "proto", fields[0], "state", fields[2])
	}
	for _, line := range e.lines("ip_vs_conn_sync", 1) {
		fields := strings.Fields(strings.ToLower(line))
		if fields[8] == "sync" {
			e.samples[series("ipvs_synced_connections", "proto", fields[0], "state", fields[7])]++
		}
	}
}

// sysctls are a number each, but for a list and a pair.
func (e expected) sysctls(t *testing.T) {
	for name, value := range e.settings() {
		switch name {
		case "est_cpulist":
			e.set(1, "ipvs_sysctl_info", "name", name, "value", value)
		case "sync_threshold":
			pair := strings.Fields(value)
			e.set(number(t, pair[0]), "ipvs_sysctl", "name", name)
			e.set(number(t, pair[1]), "ipvs_sysctl", "name", "sync_period")
		case "drop_entry", "drop_packet", "secure_tcp":
			active := map[string]float64{"2": 1, "3": 1}[value]
			e.set(active, "ipvs_defense_active", "defense", name)
			fallthrough
		default:
			e.set(number(t, value), "ipvs_sysctl", "name", name)
		}
	}
}

func hexadecimal(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseUint(text, 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	return float64(v)
}
