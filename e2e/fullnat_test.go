//go:build lab

package e2e

import (
	"strings"
	"testing"
)

// With the source translated too, servers may be anywhere: they see the
// director's address in the client's place and answer that, though their way
// to the client does not lead by the director.
func TestFullNAT(t *testing.T) {
	const service = "tcp/10.0.2.102:80"
	sh(t, "direct.sh 2")
	shIn(t, "director", `sysctl -wq net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0 net.ipv4.vs.conntrack=1
		iptables -t nat -A POSTROUTING -m ipvs --ipvs --vaddr 10.0.2.102 -j MASQUERADE`)
	trackFirst(t, "director")
	ipvsadm(t, "director", `
		-A -t 10.0.2.102:80 -s rr
		-a -t 10.0.2.102:80 -r 10.0.2.11:9000 -m
		-a -t 10.0.2.102:80 -r 10.0.2.12:9000 -m`)
	director := startExporter(t, "director")
	answer(t, "server1", "tcp", ":9000")
	answer(t, "server2", "tcp", ":9000")
	expectAnswers(t, visit("client", "tcp", "10.0.2.102:80", 5), answers{"server1": 2, "server2": 3})

	conn, err := dial("client", "tcp", "10.0.2.102:80")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, client, err := ask(conn); err != nil || !strings.HasPrefix(client, "10.0.2.10:") {
		t.Errorf("the server sees the client as %q, error %v, want the director's 10.0.2.10", client, err)
	}
	got := director.agree(t, samples{
		ofServer("connections_total", service, "10.0.2.11:9000"): 3,
		ofServer("connections_total", service, "10.0.2.12:9000"): 3,
		ofService("active_connections", service):                 1,
		ofService("inactive_connections", service):               5,
	})
	if n := got[ofService("outgoing_packets_total", service)]; n < 6*2 { // SYN and ACK, the answer
		t.Errorf("%v packets went out for 6 connections", n)
	}
}

// trackFirst has a network namespace track a connection while nothing else goes
// on. At the first ever the kernel changes its own code, and in an emulated
// machine another processor that comes along just then traps for good.
func trackFirst(t *testing.T, namespace string) {
	t.Helper()
	shIn(t, namespace, "ip link set lo up; ping -c 1 127.0.0.1")
}
