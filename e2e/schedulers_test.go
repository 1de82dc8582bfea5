//go:build lab

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Every scheduler that the kernel has serves traffic, one virtual service
// each, and its costs and shares are exported as its formula has it. Where the
// weights alone decide, the shares come true.
func TestSchedulers(t *testing.T) {
	sh(t, "nat.sh 3")
	schedulers := loadSchedulers(t)
	var table strings.Builder
	for i, scheduler := range schedulers {
		offer(&table, 100+i, scheduler, 1, 2, 3)
		offer(&table, 200+i, scheduler, 0, 7, 1000) // without traffic: costs and shares only
	}
	ipvsadm(t, "director", table.String())
	director := startExporter(t, "director")
	for _, server := range []string{"server1", "server2", "server3"} {
		answer(t, server, "tcp", ":9000")
	}

	want := samples{}
	exact := map[string]answers{
		"rr":  {"server1": 4, "server2": 4, "server3": 4},
		"wrr": {"server1": 2, "server2": 4, "server3": 6},
		"fo":  {"server3": 12},
	}
	for i, scheduler := range schedulers {
		address := fmt.Sprintf("10.0.1.100:%d", 100+i)
		got := visit("client", "tcp", address, 12)
		if got[""] > 0 {
			t.Errorf("%s: %d of 12 connections got no answer", scheduler, got[""])
		}
		if exact[scheduler] != nil {
			t.Run(scheduler, func(t *testing.T) { expectAnswers(t, got, exact[scheduler]) })
			expectShares(want, "tcp/"+address, exact[scheduler])
		}
		want[ofService("connections_total", "tcp/"+address)] = 12
	}
	director.agree(t, want)
}

// loadSchedulers returns those that the running kernel has; twos is not in all.
func loadSchedulers(t *testing.T) []string {
	t.Helper()
	all := strings.Fields("rr wrr lc wlc lblc lblcr dh sh sed nq fo ovf mh twos")
	loaded := strings.Fields(sh(t, "for s in "+strings.Join(all, " ")+"; do modprobe -q ip_vs_$s && echo $s || true; done"))
	if missing := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == "twos" || slices.Contains(loaded, s) }); len(missing) > 0 {
		t.Fatalf("the kernel lacks the schedulers %v", missing)
	}
	return loaded
}

// offer adds a service on a port, with a server for each weight.
func offer(table *strings.Builder, port int, scheduler string, weights ...int) {
	fmt.Fprintf(table, "-A -t 10.0.1.100:%d -s %s\n", port, scheduler)
	for i, weight := range weights {
		fmt.Fprintf(table, "-a -t 10.0.1.100:%d -r 10.0.2.1%d:9000 -m -w %d\n", port, i+1, weight)
	}
}

// expectShares wants the counters and the expected shares of the servers to be
// what was answered.
func expectShares(want samples, service string, got answers) {
	for i, server := range []string{"server1", "server2", "server3"} {
		address := fmt.Sprintf("10.0.2.1%d:9000", i+1)
		want[ofServer("connections_total", service, address)] = float64(got[server])
		want[ofServer("expected_share_ratio", service, address)] = float64(got[server]) / 12
	}
}
