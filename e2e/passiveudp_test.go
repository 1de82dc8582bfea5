//go:build lab

package e2e

import (
	"maps"
	"net"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
)

// Of UDP, answers that pass the director are timed, if it is plain whose they are.
func TestPassiveUDP(t *testing.T) {
	const nat, nat6, direct, tunnel = "10.0.1.100:53", "[fd00:1::100]:53", "10.0.2.100:53", "10.0.2.101:53"
	tests := []struct {
		name, network, service, server string
		atOnce                         int // requests without an answer
		want                           counts
	}{
		{"NAT", "nat.sh 1", nat, "10.0.2.11:53 -m", 1, counts{"first_byte": 6}},
		{"NAT, at once", "", nat, "10.0.2.11:53 -m", 2, counts{"request_repeated": 6}},
		{"NAT, IPv6", "", nat6, "[fd00:2::11]:53 -m", 1, counts{"first_byte": 6}},
		{"DR", "direct.sh 1", direct, "10.0.2.11:53 -g", 1, counts{}},
		{"TUN", "", tunnel, "10.0.2.11:53 -i", 1, counts{}},
	}
	for _, test := range tests {
		if test.network != "" {
			sh(t, test.network)
		}
		t.Run(test.name, func(t *testing.T) {
			service, end := arrangeService(t, "udp/"+test.service, test.server)
			defer end()
			const slow = 20 * time.Millisecond
			address := ":53"
			if test.network == "direct.sh 1" || test.name == "TUN" {
				address = test.service // from which it answers
			}
			defer echoSlowly(t, "server1", address, slow)()
			c := &counted{T: t, service: service, meter: openMeter(t)}
			took := sendAtOnce(t, test.service, test.atOnce, 6/test.atOnce)
			if got := c.tally(); !maps.Equal(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
			for _, h := range (timing{T: t, meter: c.meter, service: service, measure: passive.FirstByte}).readings() {
				if n := time.Duration(h.Count()); h.Sum < n*slow || h.Sum > took {
					t.Errorf("%v for %d answers, which took %v each and %v in all", h.Sum, n, slow, took)
				}
			}
		})
	}
}

// echoSlowly returns each datagram after a while, until stop is called.
func echoSlowly(t *testing.T, namespace, address string, after time.Duration) (stop func()) {
	t.Helper()
	var conn net.PacketConn
	err := inNetns(namespace, func() (err error) {
		conn, err = net.ListenPacket("udp", address)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		datagram := make([]byte, 100)
		for {
			n, from, err := conn.ReadFrom(datagram)
			if err != nil {
				return // stopped
			}
			text := string(datagram[:n])
			go func() {
				time.Sleep(after)
				_, _ = conn.WriteTo([]byte(text), from)
			}()
		}
	}()
	return func() { _ = conn.Close() }
}

// sendAtOnce sends so many requests without an answer, over one socket, again when
// they are answered, and returns how long it waited.
func sendAtOnce(t *testing.T, address string, atOnce, times int) (took time.Duration) {
	t.Helper()
	conn, err := dial("client", "udp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	begin := time.Now()
	for range times {
		for range atOnce {
			if _, err := conn.Write([]byte("well")); err != nil {
				t.Fatal(err)
			}
		}
		for range atOnce {
			if _, err := conn.Read(make([]byte, 100)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return time.Since(begin)
}
