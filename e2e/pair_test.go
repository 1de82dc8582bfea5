//go:build lab

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// pair are two directors, named director and backup, of which keepalived gives
// one the addresses by VRRP: that of the service, and that by which the servers
// answer. A tuner runs on each.
type pair struct {
	*testing.T
	speeds
	tuners map[string]*output
}

func arrangePair(t *testing.T) *pair {
	t.Helper()
	sh(t, `nat.sh 2
		ip -batch - <<END
netns add backup
link add wan1 netns client type veth peer name wan0 netns backup
link add pair0 netns director type veth peer name lan0 netns backup
END
		ip -n client -batch - <<END
link add bridge0 type bridge
addr flush dev wan0
link set wan0 master bridge0
link set wan1 master bridge0 up
addr add 10.0.1.2/24 dev bridge0
link set bridge0 up
END
		ip -n director -batch - <<END
link set pair0 master lan0 up
addr del 10.0.1.100/32 dev wan0
END
		ip -n backup -batch - <<END
link set lo up
addr add 10.0.1.3/24 dev wan0
addr add 10.0.2.2/24 dev lan0
link set wan0 up
link set lan0 up
END
		ip netns exec backup sysctl -wq net.ipv4.ip_forward=1
		for i in 1 2; do ip -n server$i route replace default via 10.0.2.254; done`)
	for _, server := range []string{"server1", "server2"} {
		answer(t, server, "tcp", ":9000")
	}
	return &pair{T: t, tuners: map[string]*output{}}
}

const vrrpConfig = `
global_defs {
  lvs_sync_daemon lan0 wan id 7
}
vrrp_sync_group both {
  group {
    wan
    lan
  }
}
`

const vrrpInstance = `
vrrp_instance %s {
  state BACKUP
  interface %[1]s0
  virtual_router_id %d
  priority %d
  advert_int 1
  virtual_ipaddress {
    %s/24
  }
}
`

const checkedService = `
virtual_server 10.0.1.100 80 {
  delay_loop 1
  lvs_sched wrr
  lvs_method NAT
  protocol TCP
  real_server 10.0.2.11 9000 {
    weight 100
    TCP_CHECK {
      connect_timeout 10
    }
  }
  real_server 10.0.2.12 9000 {
    weight 100
    TCP_CHECK {
      connect_timeout 10
    }
  }
}
`

// start starts keepalived and a tuner on a director.
func (p *pair) start(director string, priority int) {
	p.Helper()
	config := vrrpConfig + fmt.Sprintf(vrrpInstance, "wan", 51, priority, "10.0.1.100") + fmt.Sprintf(vrrpInstance, "lan", 52, priority, "10.0.2.254")
	k := startKeepalived(p.T, director, "", config+checkedService)
	k.await(p.T, "success.", 2)
	p.tuners[director] = p.tune(p.T, director, "", "when: address")
}

// pairServer returns a server, 1 or 2.
func pairServer(n int) string { return fmt.Sprintf("10.0.2.1%d:9000", n) }

// favour has a server be nine times as fast as the other one.
func (p *pair) favour(server int) {
	p.set(map[string]float64{pairServer(1): 0.09, pairServer(2): 0.09, pairServer(server): 0.01})
}

func (p *pair) weights(director string) map[string]uint32 {
	p.Helper()
	weights, _ := written(p.T, director)
	return weights
}

// await waits until something is so.
func (p *pair) await(what string, so func() bool) {
	p.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !so(); time.Sleep(250 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.Fatalf("not in 2 minutes: %s; the weights are %v and %v\n%s\n%s", what,
				p.weights("director"), p.weights("backup"), p.tuners["director"], p.tuners["backup"])
		}
	}
}

func (p *pair) writes(director string) float64 {
	p.Helper()
	return scrape(p.T, director, tunerMetrics, "weight_tuner_")["weight_tuner_writes_total"]
}

// leads reports whether a tuner says that it may write.
func (p *pair) leads(director string) bool {
	p.Helper()
	return scrape(p.T, director, tunerMetrics, "weight_tuner_")[series("weight_tuner_leader", "service", "tcp/10.0.1.100:80")] == 1
}

// established returns how many connections a director knows as such.
func (p *pair) established(director string) int {
	p.Helper()
	return strings.Count(shIn(p.T, director, "ipvsadm -Lnc"), " ESTABLISHED ")
}
