//go:build lab

package e2e

import "testing"

// Tunnelled packets are as if they had come to the server itself; the replies
// go straight to the client. The exporter tells which encapsulation it is.
func TestTunnels(t *testing.T) {
	const ipip, gue = "tcp/10.0.2.101:9000", "tcp/10.0.2.101:9001"
	sh(t, "direct.sh 2")
	sh(t, `modprobe -a fou ipip
		for i in 1 2; do ip -n server$i fou add port 6080 gue; done`)
	ipvsadm(t, "director", `
		-A -t 10.0.2.101:9000 -s rr
		-a -t 10.0.2.101:9000 -r 10.0.2.11:9000 -i
		-a -t 10.0.2.101:9000 -r 10.0.2.12:9000 -i
		-A -t 10.0.2.101:9001 -s rr
		-a -t 10.0.2.101:9001 -r 10.0.2.11:9001 -i --tun-type gue --tun-port 6080
		-a -t 10.0.2.101:9001 -r 10.0.2.12:9001 -i --tun-type gue --tun-port 6080`)
	director := startExporter(t, "director")
	for _, server := range []string{"server1", "server2"} {
		answer(t, server, "tcp", ":9000")
		answer(t, server, "tcp", ":9001")
	}
	expectAnswers(t, visit("client", "tcp", "10.0.2.101:9000", 4), answers{"server1": 2, "server2": 2})
	expectAnswers(t, visit("client", "tcp", "10.0.2.101:9001", 6), answers{"server1": 3, "server2": 3})
	director.agree(t, samples{
		ofServer("connections_total", ipip, "10.0.2.11:9000"): 2,
		ofServer("connections_total", gue, "10.0.2.12:9001"):  3,
		ofService("outgoing_packets_total", ipip):             0,
		ofService("outgoing_packets_total", gue):              0,
	})
}
