//go:build lab

package e2e

import (
	"math"
	"testing"
)

// A server of weight 0 keeps its connections, costs infinitely much, and gets
// no new ones.
func TestQuiescent(t *testing.T) {
	const service, server1 = "tcp/10.0.2.100:9000", "10.0.2.11:9000"
	director := twoByDirectRouting(t, "wlc")
	held := hold(t, "client", "tcp", "10.0.2.100:9000", 4)
	if len(held["server1"]) != 2 {
		t.Fatalf("server1 has %d of 4 connections, want 2", len(held["server1"]))
	}
	ipvsadm(t, "director", "-e -t 10.0.2.100:9000 -r 10.0.2.11:9000 -g -w 0")
	expectAnswers(t, visit("client", "tcp", "10.0.2.100:9000", 3), answers{"server2": 3})
	director.agree(t, samples{
		inState("quiescent", service):                    1,
		inState("available", service):                    1,
		ofService("weight", service):                     1,
		ofServer("weight", service, server1):             0,
		ofServer("active_connections", service, server1): 2,
		ofServer("overhead", service, server1):           math.Inf(1),
		ofServer("connections_total", service, server1):  2,
		ofService("connections_total", service):          7,
	})
}

// A server at its upper threshold gets no new connections until it has fewer
// than the lower one.
func TestThresholds(t *testing.T) {
	const service, server1 = "tcp/10.0.2.100:9000", "10.0.2.11:9000"
	director := twoByDirectRouting(t, "rr")
	ipvsadm(t, "director", "-e -t 10.0.2.100:9000 -r 10.0.2.11:9000 -g -x 2 -y 1")
	shIn(t, "director", "ipvsadm --set 0 1 0") // seconds that a closed connection is counted
	held := hold(t, "client", "tcp", "10.0.2.100:9000", 7)
	if len(held["server1"]) != 2 {
		t.Errorf("server1 has %d connections, want 2", len(held["server1"]))
	}
	director.agree(t, samples{
		inState("overloaded", service):                            1,
		inState("available", service):                             1,
		ofServer("upper_threshold_connections", service, server1): 2,
		ofServer("lower_threshold_connections", service, server1): 1,
		ofServer("active_connections", service, server1):          2,
		ofServer("connections_total", service, server1):           2,
		ofService("connections_total", service):                   7,
	})

	for _, conn := range held["server1"] {
		_ = conn.Close()
	}
	director.agree(t, samples{
		inState("available", service):                      2,
		ofServer("active_connections", service, server1):   0,
		ofServer("inactive_connections", service, server1): 0,
	})
	expectAnswers(t, visit("client", "tcp", "10.0.2.100:9000", 2), answers{"server1": 1, "server2": 1})
}

// twoByDirectRouting has 10.0.2.100:9000 served by two servers of weight 1.
func twoByDirectRouting(t *testing.T, scheduler string) exporter {
	t.Helper()
	sh(t, "direct.sh 2")
	ipvsadm(t, "director", `
		-A -t 10.0.2.100:9000 -s `+scheduler+`
		-a -t 10.0.2.100:9000 -r 10.0.2.11:9000 -g
		-a -t 10.0.2.100:9000 -r 10.0.2.12:9000 -g`)
	answer(t, "server1", "tcp", ":9000")
	answer(t, "server2", "tcp", ":9000")
	return startExporter(t, "director")
}
