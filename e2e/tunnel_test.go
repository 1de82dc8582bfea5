//go:build lab

package e2e

import "testing"

// Tunnelled packets are as if they had come to the server itself; the replies
// go straight to the client. The exporter tells which encapsulation it is.
func TestTunnels(t *testing.T) {
	const ipip, gue, gre = "tcp/10.0.2.101:9000", "tcp/10.0.2.101:9001", "tcp/10.0.2.101:9002"
	sh(t, `direct.sh 2
		modprobe -a fou ip_gre
		for i in 1 2; do
			ip -n server$i fou add port 6080 gue
			ip -n server$i link set gre0 up
		done`)
	ipvsadm(t, "director", `
		-A -t 10.0.2.101:9000 -s rr
		-a -t 10.0.2.101:9000 -r 10.0.2.11:9000 -i
		-a -t 10.0.2.101:9000 -r 10.0.2.12:9000 -i
		-A -t 10.0.2.101:9001 -s rr
		-a -t 10.0.2.101:9001 -r 10.0.2.11:9001 -i --tun-type gue --tun-port 6080
		-a -t 10.0.2.101:9001 -r 10.0.2.12:9001 -i --tun-type gue --tun-port 6080
		-A -t 10.0.2.101:9002 -s rr
		-a -t 10.0.2.101:9002 -r 10.0.2.11:9002 -i --tun-type gre
		-a -t 10.0.2.101:9002 -r 10.0.2.12:9002 -i --tun-type gre`)
	director := startExporter(t, "director")
	for _, server := range []string{"server1", "server2"} {
		for _, address := range []string{":9000", ":9001", ":9002"} {
			answer(t, server, "tcp", address)
		}
	}
	expectAnswers(t, visit("client", "tcp", "10.0.2.101:9000", 4), answers{"server1": 2, "server2": 2})
	expectAnswers(t, visit("client", "tcp", "10.0.2.101:9001", 6), answers{"server1": 3, "server2": 3})
	expectAnswers(t, visit("client", "tcp", "10.0.2.101:9002", 2), answers{"server1": 1, "server2": 1})
	director.agree(t, samples{
		ofServer("connections_total", ipip, "10.0.2.11:9000"): 2,
		ofServer("connections_total", gue, "10.0.2.12:9001"):  3,
		ofServer("connections_total", gre, "10.0.2.12:9002"):  1,
		ofService("outgoing_packets_total", ipip):             0,
		ofService("outgoing_packets_total", gue):              0,
		ofService("outgoing_packets_total", gre):              0,
	})
}
