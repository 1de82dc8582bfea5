//go:build lab

package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
)

// A server whose SYN-ACKs are late does not seem the faster for it: no time that
// is published is shorter than the answer took, by more than a millisecond in the mean.
func TestPassiveLate(t *testing.T) {
	const took = 30 * time.Millisecond // longer than anything is late
	some := []int{20, 12, 0, 25, 16, 0, 0, 0}
	cold := []int{25, 20, 15, 10, 5, 0, 0, 0, 0, 0}
	overload := []int{0, 0, 0, 0, 0, 20, 20, 20, 20, 20}
	tests := []struct {
		name, service, forward string
		late                   []int // ms, by connection
		measure                passive.Measure
	}{
		{"DR, some", "10.0.2.100:9000", "-g", some, passive.Timestamps},
		{"DR, cold", "10.0.2.100:9000", "-g", cold, passive.Timestamps},
		{"DR, overloaded", "10.0.2.100:9000", "-g", overload, passive.Timestamps},
		{"TUN, some", "10.0.2.101:9000", "-i", some, passive.Timestamps},
		{"TUN, cold", "10.0.2.101:9000", "-i", cold, passive.Timestamps},
		{"TUN, overloaded", "10.0.2.101:9000", "-i", overload, passive.Timestamps},
		{"DR, some, without timestamps", "10.0.2.100:9000", "-g", some, passive.Acknowledgement},
		{"DR, overloaded, without timestamps", "10.0.2.100:9000", "-g", overload, passive.Acknowledgement},
	}
	sh(t, "direct.sh 1")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ipvsadm(t, "director", "-A -t "+test.service+" -s rr\n-a -t "+test.service+" -r 10.0.2.11:9000 "+test.forward)
			defer ipvsadm(t, "director", "-D -t "+test.service)
			if test.measure == passive.Acknowledgement {
				shIn(t, "client", "sysctl -wq net.ipv4.tcp_timestamps=0")
				defer shIn(t, "client", "sysctl -wq net.ipv4.tcp_timestamps=1")
			}
			service, err := ipvs.ParseServiceID("tcp/" + test.service)
			if err != nil {
				t.Fatal(err)
			}
			server := &timedServer{name: "server1", delay: took}
			defer server.start(t, ":9000")()
			timing := timing{T: t, meter: openMeter(t), service: service, measure: test.measure}
			var n, sum time.Duration
			for range 10 { // a starved machine has no two SYN-ACKs as punctual
				for _, late := range test.late {
					timing.askLate(late)
				}
				h := timing.readings()["10.0.2.11:9000"]
				if n, sum = time.Duration(h.Count()), h.Sum; n > 0 {
					break
				}
			}
			if n == 0 {
				t.Fatal("nothing is timed")
			}
			t.Logf("FIGURE %s: %d timed, mean %.2f ms, %d lost", t.Name(), n, milliseconds(sum/n), timing.lost())
			if sum < n*(took-time.Millisecond) {
				t.Errorf("%d answers took %v in the mean, which took the server %v", n, sum/n, took)
			}
		})
	}
}

// askLate has the server see a SYN so many milliseconds after the director did,
// so that its SYN-ACK is as late, and asks.
func (t timing) askLate(ms int) {
	t.Helper()
	shIn(t.T, "director", fmt.Sprintf("tc qdisc replace dev lan0 root netem delay %dms", ms))
	conn, err := dial("client", "tcp", t.service.Address.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	shIn(t.T, "director", "tc qdisc del dev lan0 root")
	if _, _, err := inquire(conn, 1); err != nil {
		t.Fatal(err)
	}
}
