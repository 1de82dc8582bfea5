//go:build lab

package e2e

import "testing"

// With a netmask the clients of one network stick to one real server. Nor does
// weight 0 keep them from it, unless the director is told so.
func TestPersistence(t *testing.T) {
	const service, server1, server2 = "tcp/10.0.1.100:80", "10.0.2.11:9000", "10.0.2.12:9000"
	sh(t, `nat.sh 2
		for address in 10.0.1.3 10.0.3.2 10.0.3.3; do ip -n client addr add $address/32 dev wan0; done
		ip -n director route add 10.0.3.0/24 via 10.0.1.2`)
	ipvsadm(t, "director", `
		-A -t 10.0.1.100:80 -s rr -p 60 -M 255.255.255.0
		-a -t 10.0.1.100:80 -r 10.0.2.11:9000 -m
		-a -t 10.0.1.100:80 -r 10.0.2.12:9000 -m`)
	director := startExporter(t, "director")
	answer(t, "server1", "tcp", ":9000")
	answer(t, "server2", "tcp", ":9000")
	from := func(address string, n int) answers { return visitFrom("client", address, "tcp", "10.0.1.100:80", n) }
	expectAnswers(t, from("10.0.1.2", 3), answers{"server2": 3})
	expectAnswers(t, from("10.0.3.2", 2), answers{"server1": 2})
	expectAnswers(t, from("10.0.1.3", 1), answers{"server2": 1})
	expectAnswers(t, from("10.0.3.3", 1), answers{"server1": 1})
	director.agree(t, samples{
		ofService("persistence_timeout_seconds", service):    60,
		ofService("persistent_connections", service):         2,
		ofServer("persistent_connections", service, server1): 1,
		ofServer("connections_total", service, server1):      3,
		ofServer("connections_total", service, server2):      4,
	})

	ipvsadm(t, "director", "-e -t 10.0.1.100:80 -r 10.0.2.11:9000 -m -w 0")
	expectAnswers(t, from("10.0.3.2", 2), answers{"server1": 2})
	director.agree(t, samples{
		inState("quiescent", service):                        1,
		ofServer("connections_total", service, server1):      5,
		ofServer("persistent_connections", service, server1): 1,
	})
	shIn(t, "director", "sysctl -wq net.ipv4.vs.expire_quiescent_template=1")
	expectAnswers(t, from("10.0.3.2", 2), answers{"server2": 2})
	director.agree(t, samples{
		ofServer("connections_total", service, server1):      5,
		ofServer("connections_total", service, server2):      6,
		ofServer("persistent_connections", service, server2): 2,
	})
}
