//go:build lab

package e2e

import "testing"

// A ping of the address is answered even with every real server down. The
// numbers tell that from health, and which of three ways to be down it is.
func TestAllServersDown(t *testing.T) {
	const service = "tcp/10.0.1.100:80"
	sh(t, "nat.sh 2")
	ipvsadm(t, "director", `
		-A -t 10.0.1.100:80 -s wlc
		-a -t 10.0.1.100:80 -r 10.0.2.11:9000 -m
		-a -t 10.0.1.100:80 -r 10.0.2.12:9000 -m`)
	director := startExporter(t, "director")
	visitInVain := func() { // twice only, for the kernel limits its messages of what is unreachable
		t.Helper()
		expectAnswers(t, visit("client", "tcp", "10.0.1.100:80", 2), answers{"": 2})
		shIn(t, "client", "ping -c 1 -W 20 10.0.1.100")
	}

	visitInVain() // nobody serves on port 9000
	director.agree(t, samples{
		inState("available", service):                2,
		ofService("connections_total", service):      2,
		ofService("active_connections", service):     0,
		ofService("outgoing_packets_total", service): 2, // refusals
	})

	ipvsadm(t, "director", `
		-e -t 10.0.1.100:80 -r 10.0.2.11:9000 -m -w 0
		-e -t 10.0.1.100:80 -r 10.0.2.12:9000 -m -w 0`)
	visitInVain()
	director.agree(t, samples{
		inState("available", service):           0,
		inState("quiescent", service):           2,
		ofService("weight", service):            0,
		ofService("connections_total", service): 2,
	})

	ipvsadm(t, "director", `
		-d -t 10.0.1.100:80 -r 10.0.2.11:9000
		-d -t 10.0.1.100:80 -r 10.0.2.12:9000`)
	visitInVain()
	director.agree(t, samples{
		inState("available", service):           0,
		inState("quiescent", service):           0,
		ofService("connections_total", service): 2,
		series("ipvs_servers"):                  0,
	})
}
