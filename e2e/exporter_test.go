//go:build lab

package e2e

import "testing"

// A table with every kind of service and server, under traffic.
func TestExporterAgreesWithIpvsadm(t *testing.T) {
	sh(t, "nat.sh 3")
	sh(t, "modprobe ip_vs_pe_sip")
	ipvsadm(t, "director", everyKind)
	shIn(t, "director", "ipvsadm --set 1000 130 310")
	director := startExporter(t, "director")
	load(t, "http://10.0.1.100:80/", 12)
	load(t, "http://10.0.1.100:81/", 5)
	load(t, "http://[fd00:1::100]:80/", 7)
	director.agree(t, samples{
		ofService("connections_total", "tcp/10.0.1.100:80"):    12,
		ofService("connections_total", "tcp/10.0.1.100:81"):    5,
		ofService("connections_total", "tcp/[fd00:1::100]:80"): 7,
		series("ipvs_timeout_seconds", "state", "tcp"):         1000,
	})
}
