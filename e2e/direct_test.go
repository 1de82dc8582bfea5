//go:build lab

package e2e

import "testing"

// Behind direct routing the replies pass the director not: it counts no
// outgoing packets, and sees the client's FIN alone, so that a connection that
// has ended stays inactive.
func TestDirectRouting(t *testing.T) {
	const service, service6 = "tcp/10.0.2.100:9000", "tcp/[fd00:2::100]:9000"
	sh(t, "direct.sh 2")
	ipvsadm(t, "director", `
		-A -t 10.0.2.100:9000 -s wrr
		-a -t 10.0.2.100:9000 -r 10.0.2.11:9000 -g -w 1
		-a -t 10.0.2.100:9000 -r 10.0.2.12:9000 -g -w 2
		-A -t [fd00:2::100]:9000 -s rr
		-a -t [fd00:2::100]:9000 -r [fd00:2::11]:9000 -g
		-a -t [fd00:2::100]:9000 -r [fd00:2::12]:9000 -g`)
	director := startExporter(t, "director")
	answer(t, "server1", "tcp", ":9000")
	answer(t, "server2", "tcp", ":9000")
	expectAnswers(t, visit("client", "tcp", "10.0.2.100:9000", 6), answers{"server1": 2, "server2": 4})
	expectAnswers(t, visit("client", "tcp", "[fd00:2::100]:9000", 4), answers{"server1": 2, "server2": 2})
	got := director.agree(t, samples{
		ofServer("connections_total", service, "10.0.2.11:9000"):     2,
		ofServer("connections_total", service, "10.0.2.12:9000"):     4,
		ofServer("connections_total", service6, "[fd00:2::11]:9000"): 2,
		ofService("inactive_connections", service):                   6,
		ofService("inactive_connections", service6):                  4,
		ofService("outgoing_packets_total", service):                 0,
		ofService("outgoing_bytes_total", service6):                  0,
		series("ipvs_outgoing_packets_total"):                        0,
	})
	if n := got[ofService("incoming_packets_total", service)]; n < 6*4 { // SYN, ACK, ACK of the answer, FIN
		t.Errorf("%v packets came in for 6 connections", n)
	}
}
