//go:build lab

package e2e

import (
	"errors"
	"testing"
)

// A connection of UDP is never active, and stays as long as its timeout. With
// one-packet scheduling there is none: each datagram counts as one and goes
// its own way.
func TestUDP(t *testing.T) {
	const usual, onePacket = "udp/10.0.2.100:53", "udp/10.0.2.100:54"
	sh(t, "direct.sh 2")
	ipvsadm(t, "director", `
		-A -u 10.0.2.100:53 -s rr
		-a -u 10.0.2.100:53 -r 10.0.2.11:53 -g
		-a -u 10.0.2.100:53 -r 10.0.2.12:53 -g
		-A -u 10.0.2.100:54 -s rr -o
		-a -u 10.0.2.100:54 -r 10.0.2.11:54 -g
		-a -u 10.0.2.100:54 -r 10.0.2.12:54 -g`)
	director := startExporter(t, "director")
	for _, server := range []string{"server1", "server2"} {
		answer(t, server, "udp", "10.0.2.100:53")
		answer(t, server, "udp", "10.0.2.100:54")
	}
	expectAnswers(t, visit("client", "udp", "10.0.2.100:53", 4), answers{"server1": 2, "server2": 2})
	expectAnswers(t, askAgain(t, "10.0.2.100:53", 3), answers{"server2": 3})
	expectAnswers(t, askAgain(t, "10.0.2.100:54", 6), answers{"server1": 3, "server2": 3})
	director.agree(t, samples{
		ofService("connections_total", usual):          5,
		ofService("incoming_packets_total", usual):     7,
		ofService("active_connections", usual):         0,
		ofService("inactive_connections", usual):       5,
		ofService("connections_total", onePacket):      6,
		ofService("incoming_packets_total", onePacket): 6,
		ofService("inactive_connections", onePacket):   0,
	})
}

// askAgain asks n times over one socket.
func askAgain(t *testing.T, address string, n int) answers {
	t.Helper()
	conn, err := dial("client", "udp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	counts := answers{}
	for range n {
		server, _, askErr := ask(conn)
		err = errors.Join(err, askErr)
		counts[server]++
	}
	if err != nil {
		t.Error(err)
	}
	return counts
}
