//go:build lab

package e2e

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/director"
)

// The simulated director does what the kernel does: the same connections, in
// the same order, go to the same real servers, are in the same states and
// counted alike, whatever the operator does meanwhile.
func TestSimulatedDirector(t *testing.T) {
	services := []struct{ name, add string }{
		{"tcp/10.8.100.1:80", "-s rr"},
		{"tcp/10.8.100.2:80", "-s wrr"},
		{"tcp/10.8.100.3:80", "-s lc"},
		{"tcp/10.8.100.4:80", "-s wlc"},
		{"tcp/10.8.100.5:80", "-s sed"},
		{"tcp/10.8.100.6:80", "-s nq"},
		{"tcp/10.8.100.7:80", "-s fo"},
		{"tcp/10.8.100.8:80", "-s ovf"},
		{"tcp/10.8.100.9:80", "-s sh"},
		{"tcp/10.8.100.10:80", "-s sh -b sh-port"},
		{"tcp/10.8.100.11:80", "-s sh -b sh-fallback,sh-port"},
		{"tcp/10.8.100.12:80", "-s mh"},
		{"tcp/10.8.100.13:80", "-s mh -b mh-port"},
		{"tcp/10.8.100.14:80", "-s mh -b mh-fallback,mh-port"},
		{"fwm/1", "-s dh"},
		{"fwm/2", "-s lblc"},
		{"fwm/3", "-s lblcr"},
		{"tcp/[fd08::100:4]:80", "-s wlc"},
		{"tcp/[fd08::100:9]:80", "-s sh -b sh-fallback"},
		{"tcp/[fd08::100:12]:80", "-s mh"},
		{"fwm6/4", "-s dh"},
		{"fwm6/5", "-s lblcr"},
		{"udp/10.8.100.1:53", "-s wrr"},
		{"udp/10.8.100.4:53", "-s wlc"},
		{"udp/10.8.100.5:53", "-s rr -o"},
		{"udp/10.8.100.6:53", "-s wlc -o"},
		{"sctp/10.8.100.4:80", "-s wlc"},
		{"tcp/10.8.100.20:80", "-s wrr -p 300 -M 255.255.255.0"},
		{"tcp/10.8.100.21:0", "-s wlc -p 300"},
		{"udp/10.8.100.22:53", "-s rr -p 300 -o"},
		{"tcp/[fd08::100:20]:80", "-s rr -p 300 -M 120"},
		{"fwm/6", "-s wlc -p 300 -M 255.255.240.0"},
		{"fwm6/6", "-s rr -p 300"},
	}
	var table strings.Builder
	for _, s := range services {
		addService(t, &table, s.name, s.add)
	}
	w := newTwin(t, "", director.Options{}, table.String())
	for i, s := range services {
		t.Run(strings.ReplaceAll(s.name+" "+s.add, "/", " "), func(t *testing.T) {
			p := w.on(t).play(s.name, uint64(i))
			for range 2 {
				p.run(80)
			}
		})
	}
	w.expectEqualCounters()
}

// The same under the settings that have a say in what becomes of connections.
func TestSimulatedSettings(t *testing.T) {
	tests := []struct {
		name, setting string
		options       director.Options
	}{
		{"deleted servers' connections end", "expire_nodest_conn=1", director.Options{ExpireNodest: true}},
		{"weight 0 ends persistence", "expire_quiescent_template=1", director.Options{ExpireQuiescentTemplate: true}},
		{"ports that are used again keep their server", "conn_reuse_mode=0", director.Options{ReuseMode: director.KeepServer}},
		{"ports are free after the client's FIN", "conn_reuse_mode=2", director.Options{ReuseMode: director.RescheduleFinWait}},
	}
	services := []struct{ name, add string }{
		{"tcp/10.8.100.1:80", "-s wlc"},
		{"udp/10.8.100.2:53", "-s wlc"},
		{"tcp/10.8.100.3:80", "-s wrr -p 300 -M 255.255.255.0"},
	}
	var table strings.Builder
	for _, s := range services {
		addService(t, &table, s.name, s.add)
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newTwin(t, "sysctl -wq net.ipv4.vs."+tt.setting, tt.options, table.String()).on(t)
			for j, s := range services {
				w.play(s.name, uint64(100+10*i+j)).run(100)
			}
		})
	}
}

// Connections, templates and thresholds over some seconds, with short timeouts.
func TestSimulatedTimeouts(t *testing.T) {
	var table strings.Builder
	names := []string{"tcp/10.8.100.1:80", "tcp/10.8.100.2:80", "udp/10.8.100.3:53"}
	for i, add := range []string{"-s wlc", "-s rr -p 3", "-s rr"} {
		addService(t, &table, names[i], add)
	}
	w := newTwin(t, "ipvsadm --set 4 1 2", director.Options{}, table.String()).on(t)
	var plays []*play
	var services []*director.Service
	for i, name := range names {
		p := w.play(name, uint64(200+i))
		p.limitServers(4, 2)
		plays, services = append(plays, p), append(services, p.service)
	}
	regular := netip.MustParseAddrPort("10.3.255.1:1000")
	for i, wait := range []time.Duration{1400, 1000, 2600, 7000} { // ms, so that FIN_WAIT, UDP, ESTABLISHED and CLOSE end in them
		for _, p := range plays {
			if i == 0 || i == 3 { // finds the template that its first connection kept past its timeout
				p.connectFrom(netip.AddrPortFrom(regular.Addr(), regular.Port()+uint16(i)))
			}
			p.churn(8)
			p.expectEqual()
		}
		w.pass(wait*time.Millisecond, services...)
		for _, p := range plays {
			p.expectEqual()
		}
	}
}

// addService says a service with five real servers to ipvsadm -R, every other
// one by masquerading.
func addService(t *testing.T, table *strings.Builder, name, add string) {
	id := parseService(t, name)
	fmt.Fprintf(table, "-A %s %s\n", option(id), add)
	for i, weight := range []int{3, 1, 4, 2, 6} {
		address := fmt.Sprintf("10.9.0.%d", 1+i)
		if id.Family() == ipvs.IPv6 {
			address = fmt.Sprintf("[fd09::%d]", 1+i)
		}
		fmt.Fprintf(table, "-a %s -r %s:%d %s -w %d\n", option(id), address, id.Address.Port(), []string{"-m", "-g"}[i%2], weight)
	}
}
