//go:build lab

package e2e

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
)

// A server whose SYN-ACKs are late does not seem the faster for it: no time that
// is published is shorter than the answer took, but for a millisecond by which a
// SYN-ACK may be late, another by which clocks are rounded, and as long as the quickest
// connection took, since none tells by how much its SYN-ACK was late.
func TestPassiveLate(t *testing.T) {
	const took = 30 * time.Millisecond // longer than anything is late
	some := []int{20, 12, 0, 25, 16, 0, 0, 0}
	cold := []int{25, 18, 11, 0, 0, 0, 0, 0}
	overload := []int{0, 0, 0, 0, 0, 20, 20, 20, 20, 20}
	little := []int{0, 0, 0, 0, 0, 5, 5, 5, 5, 5} // which is made up for
	tests := []struct {
		name, service, forward string
		late                   []int // ms, by connection
		made                   bool  // what is late is timed, too
		measure                passive.Measure
	}{
		{"DR, some", "10.0.2.100:9000", "-g", some, false, passive.Timestamps},
		{"DR, cold", "10.0.2.100:9000", "-g", cold, false, passive.Timestamps},
		{"DR, overloaded", "10.0.2.100:9000", "-g", overload, false, passive.Timestamps},
		{"DR, a little", "10.0.2.100:9000", "-g", little, true, passive.Timestamps},
		{"TUN, some", "10.0.2.101:9000", "-i", some, false, passive.Timestamps},
		{"TUN, cold", "10.0.2.101:9000", "-i", cold, false, passive.Timestamps},
		{"TUN, overloaded", "10.0.2.101:9000", "-i", overload, false, passive.Timestamps},
		{"TUN, a little", "10.0.2.101:9000", "-i", little, true, passive.Timestamps},
		{"DR, some, without timestamps", "10.0.2.100:9000", "-g", some, false, passive.Acknowledgement},
		{"DR, overloaded, without timestamps", "10.0.2.100:9000", "-g", overload, false, passive.Acknowledgement},
	}
	sh(t, "direct.sh 1")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			service, end := arrangeService(t, "tcp/"+test.service, "10.0.2.11:9000 "+test.forward)
			defer end()
			if test.measure == passive.Acknowledgement {
				shIn(t, "client", "sysctl -wq net.ipv4.tcp_timestamps=0")
				defer shIn(t, "client", "sysctl -wq net.ipv4.tcp_timestamps=1")
			}
			server := &timedServer{name: "server1", delay: took}
			defer server.start(t, ":9000")()
			timing := timing{T: t, meter: openMeter(t), service: service, measure: test.measure}
			var more []time.Duration
			quickest, made := time.Hour, 0
			for rounds := 0; rounds < 10 && (len(more) == 0 || test.made && made == 0); rounds++ {
				for _, late := range test.late {
					connecting, took, h := timing.askLate(server, late)
					quickest = min(quickest, connecting)
					if h.Count() == 0 {
						continue
					}
					more = append(more, h.Sum-took)
					if late > 0 {
						made++
					}
					if h.Sum < took-2*time.Millisecond-quickest {
						t.Errorf("where the SYN-ACK was %d ms late, %v for an answer that took %v", late, h.Sum, took)
					}
				}
			}
			if len(more) == 0 || test.made && made == 0 {
				t.Fatalf("%d answers are timed, %d of them with late SYN-ACKs", len(more), made)
			}
			var all time.Duration
			for _, m := range more {
				all += m
			}
			t.Logf("FIGURE %s: %d answers timed, %d of them with late SYN-ACKs, %d not; %.2f ms more in the mean than the server says, from %.2f",
				t.Name(), len(more), made, timing.lost(), milliseconds(all)/float64(len(more)), milliseconds(slices.Min(more)))
		})
	}
}

// askLate has the server see a SYN so many milliseconds after the director did,
// so that its SYN-ACK is as late, and asks. It returns how long connecting took the
// client, what the answer took the server, and what was published of it, if anything was.
func (t timing) askLate(server *timedServer, ms int) (connecting, took time.Duration, published passive.Histogram) {
	t.Helper()
	before, lost := t.readings()["10.0.2.11:9000"], t.lost()
	shIn(t.T, "director", fmt.Sprintf("tc qdisc replace dev lan0 root netem delay %dms", ms))
	begin := time.Now()
	conn, err := dial("client", "tcp", t.service.Address.String())
	connecting = time.Since(begin)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	shIn(t.T, "director", "tc qdisc del dev lan0 root")
	if _, _, err := inquire(conn, 1); err != nil {
		t.Fatal(err)
	}
	_ = conn.Close() // which acknowledges the answer
	eventually(t.T, func() error {
		if published = since(t.readings()["10.0.2.11:9000"], before); published.Count() == 0 && t.lost() == lost {
			return errors.New("the answer is neither timed nor lost")
		}
		return nil
	})
	return connecting, server.reset().all, published
}
