//go:build lab

package e2e

import (
	"flag"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
)

// handshakes are as many as tell, on a starved machine too, which SYN-ACKs were punctual.
const handshakes = 10

// madeUp is by how much a time by timestamps may be too long for a SYN-ACK that
// seemed late (passive/bpf/latency.c).
const madeUp = 9500 * time.Microsecond

var timedRequests = flag.Int("timed", 20, "requests to each real server in TestPassive")

// What the director makes of each server's time lies between what the server and
// the client say of it, whatever the machine is busy with.
func TestPassive(t *testing.T) {
	tests := []struct {
		name, network, forward, service string
		servers                         [2]string
		measure                         passive.Measure
	}{
		{"NAT/IPv4", "nat.sh 2", "-m", "10.0.1.100:80", [2]string{"10.0.2.11:9000", "10.0.2.12:9000"}, passive.FirstByte},
		{"NAT/IPv6", "", "-m", "[fd00:1::100]:80", [2]string{"[fd00:2::11]:9000", "[fd00:2::12]:9000"}, passive.FirstByte},
		{"DR/IPv4", "direct.sh 2", "-g", "10.0.2.100:9000", [2]string{"10.0.2.11:9000", "10.0.2.12:9000"}, passive.Timestamps},
		{"DR/IPv6", "", "-g", "[fd00:2::100]:9000", [2]string{"[fd00:2::11]:9000", "[fd00:2::12]:9000"}, passive.Timestamps},
		{"TUN/IPv4", "", "-i", "10.0.2.101:9000", [2]string{"10.0.2.11:9000", "10.0.2.12:9000"}, passive.Timestamps},
		{"TUN/IPv6", `modprobe ip6_tunnel
			ip -n director addr add fd00:2::101/128 dev lan0 nodad preferred_lft 0
			ip -n director addr change fd00:2::100/128 dev lan0 preferred_lft 0
			for i in 1 2; do
				ip -n server$i link set ip6tnl0 up
				ip -n server$i addr add fd00:2::101/128 dev ip6tnl0 nodad
			done`, "-i", "[fd00:2::101]:9000", [2]string{"[fd00:2::11]:9000", "[fd00:2::12]:9000"}, passive.Timestamps},
	}
	var meter *passive.Meter
	for _, test := range tests {
		if test.network != "" {
			sh(t, test.network)
		}
		if meter == nil {
			meter = openMeter(t)
		}
		for _, keep := range []int{1, *timedRequests} {
			t.Run(fmt.Sprintf("%s/%d a connection", test.name, keep), func(t *testing.T) {
				service, end := arrangeService(t, "tcp/"+test.service, test.servers[0]+" "+test.forward, test.servers[1]+" "+test.forward)
				defer end()
				timing := timing{T: t, meter: meter, service: service, measure: test.measure}
				timing.run(test.servers, keep)
			})
		}
	}
}

func openMeter(t *testing.T) *passive.Meter {
	t.Helper()
	meter, err := passive.Open(passive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := meter.Close(); err != nil {
			t.Error(err)
		}
	})
	return meter
}

// arrangeService has the director forward to real servers, each with its forwarding
// method, until end is called.
func arrangeService(t *testing.T, service string, servers ...string) (id ipvs.ServiceID, end func()) {
	t.Helper()
	id, err := ipvs.ParseServiceID(service)
	if err != nil {
		t.Fatal(err)
	}
	option := map[ipvs.Protocol]string{ipvs.TCP: "-t ", ipvs.UDP: "-u "}[id.Protocol] + id.Address.String()
	commands := "-A " + option + " -s rr\n"
	for _, server := range servers {
		commands += "-a " + option + " -r " + server + "\n"
	}
	ipvsadm(t, "director", commands)
	return id, func() { ipvsadm(t, "director", "-D "+option) }
}

// timing is a service whose real servers are timed by the director, the client
// and themselves.
type timing struct {
	*testing.T
	meter   *passive.Meter
	service ipvs.ServiceID
	measure passive.Measure
}

// run asks each server, until nothing has been lost on the way: what is lost is in
// the servers' own times. Of timestamps it is enough that something has not, over
// new connections, since some are not timed, and at last.
func (t timing) run(addresses [2]string, keep int) {
	t.Helper()
	var servers [2]*timedServer
	for i, delay := range []time.Duration{5 * time.Millisecond, 100 * time.Millisecond} {
		namespace := fmt.Sprintf("server%d", i+1)
		servers[i] = &timedServer{name: namespace, delay: delay}
		defer servers[i].start(t.T, ":9000")()
	}
	for left := 9; left >= 0; left-- {
		before, lost := t.readings(), t.lost()
		told := t.ask(servers, keep)
		eventually(t.T, func() error { return t.complete(before, lost, addresses) })
		var timed [2]passive.Histogram
		for i, address := range addresses {
			timed[i] = since(t.readings()[address], before[address])
		}
		some := t.measure == passive.Timestamps && timed[0].Count() > 0 && timed[1].Count() > 0
		if t.lost() == lost || some && (keep == 1 || left == 0) {
			for i, s := range servers {
				t.compare(addresses[i], s, told[s.name], timed[i])
			}
			return
		}
	}
	t.Error("something is lost each time")
}

// told is what the client has seen of a server. Servers need not have equally
// many requests: a client's port that comes again leads to the server that it
// had.
type told struct {
	answers  int
	requests time.Duration
	longest  time.Duration // of the requests
}

// ask sends each server its requests, keep of them on a connection.
func (t timing) ask(servers [2]*timedServer, keep int) map[string]told {
	t.Helper()
	for _, s := range servers {
		s.reset()
	}
	t.shakeHands()
	all := map[string]told{}
	for range 2 * *timedRequests / keep {
		name, seen, err := converse("client", t.service.Address.String(), keep)
		if err != nil {
			t.Fatal(err)
		}
		sum := all[name]
		sum.answers += keep
		sum.requests += seen.requests
		sum.longest = max(sum.longest, seen.longest)
		all[name] = sum
	}
	return all
}

// shakeHands makes it known which SYN-ACKs are punctual.
func (t timing) shakeHands() {
	t.Helper()
	for range 2 * handshakes {
		if _, _, err := converse("client", t.service.Address.String(), 0); err != nil {
			t.Fatal(err)
		}
	}
}

// readings are those of the service, by the server's address.
func (t timing) readings() map[string]passive.Histogram {
	t.Helper()
	all, _, err := t.meter.Read()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]passive.Histogram{}
	for _, r := range all {
		if r.Netns == inode(t.T, "director") && r.Service == t.service && r.Measure == t.measure {
			found[r.Server.String()] = r.Histogram
		}
	}
	return found
}

func (t timing) lost() (n uint64) {
	t.Helper()
	_, all, err := t.meter.Read()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		n += l.Times
	}
	return n
}

// complete reports what is neither measured yet nor lost.
func (t timing) complete(before map[string]passive.Histogram, lost uint64, addresses [2]string) error {
	n, after := t.lost()-lost, t.readings()
	for _, a := range addresses {
		h := since(after[a], before[a])
		n += h.Count()
	}
	if want := uint64(2 * *timedRequests); n < want {
		return fmt.Errorf("%d of %d answers are timed", n, want)
	}
	return nil
}

// compare holds a server's histogram between what the server and the client say.
// A server's clock has milliseconds, and by as much a SYN-ACK may be late; if it
// may be later, that is made up for, or answers are lost.
func (t timing) compare(address string, s *timedServer, told told, h passive.Histogram) {
	t.Helper()
	own, answers, n := s.reset(), time.Duration(told.answers), time.Duration(h.Count())
	least, most := own.all, told.requests
	if t.measure == passive.Timestamps {
		least, most = n*(s.delay-2*time.Millisecond), n*(told.longest+time.Millisecond+madeUp)
	} else if n != answers {
		t.Errorf("%s: %d answers are timed, want %d", address, n, answers)
	}
	if h.Sum < least || h.Sum > most {
		t.Errorf("%s: %v for %d answers, which took from %v to %v", address, h.Sum, n, least, most)
	}
	t.Logf("FIGURE %s %s %v: own %.2f ms, of it waking %.2f ms, at most %.2f ms, measured %.2f ms, client %.2f ms; %d of %d answers",
		t.Name(), address, t.measure, milliseconds(own.all/answers), milliseconds(own.waking/answers), milliseconds(own.longest),
		milliseconds(h.Sum/n), milliseconds(told.requests/answers), n, answers)
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }

// since returns what has come to a histogram.
func since(now, before passive.Histogram) passive.Histogram {
	now.Sum -= before.Sum
	for i := range now.Buckets {
		now.Buckets[i] -= before.Buckets[i]
	}
	return now
}

func inode(t *testing.T, namespace string) uint32 {
	t.Helper()
	info, err := os.Stat("/run/netns/" + namespace)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(info.Sys().(*syscall.Stat_t).Ino)
}
