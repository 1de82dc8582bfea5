//go:build lab

package e2e

import "testing"

// One exporter shows every namespace in which Docker balances, each as ipvsadm
// has it there, and those without a table as empty. Services are called by the
// addresses that their marks stand for.
func TestSwarm(t *testing.T) {
	sh(t, "swarm.sh")
	t.Cleanup(func() { sh(t, "swarm.sh end") })
	for _, server := range []string{"server1", "server2"} {
		answer(t, server, "tcp", ":9000")
	}
	arrangeLoadBalancer(t)
	arrangeIngress(t)
	arrangeOldEngine(t)
	exporter := startExporter(t, "", "--ipvs.netns=/run/docker/netns/*")

	held := hold(t, "client", "tcp", "10.0.9.2:9000", 4)
	ipvsadm(t, "lb", "-e -f 257 -r 10.0.9.11:0 -m -w 0") // its task is to stop
	expectAnswers(t, visit("client", "tcp", "10.0.9.2:9000", 3), answers{"server2": 3})
	expectAnswers(t, visit("client", "tcp", "10.0.9.3:9000", 2), answers{"server1": 1, "server2": 1})
	expectAnswers(t, visit("outside", "tcp", "172.18.0.2:9000", 4), answers{"server1": 2, "server2": 2})
	expectAnswers(t, visit("old", "tcp", "10.0.9.5:9000", 2), answers{"server1": 1, "server2": 1})
	expectAnswers(t, visit("old", "tcp", "10.0.9.6:9000", 3), answers{"server2": 3})

	exporter.agreeOn(t, view{"lb", "lb_q1w2e3r4t", map[string]string{"fwm/257": "10.0.9.2", "fwm/258": "10.0.9.3"}}, samples{
		ofService("connections_total", "fwm/257"):                  7,
		ofServer("active_connections", "fwm/257", "10.0.9.11:0"):   float64(len(held["server1"])),
		ofServer("weight", "fwm/257", "10.0.9.11:0"):               0,
		inState("quiescent", "fwm/257"):                            1,
		ofService("connections_total", "fwm/258"):                  2,
		series("ipvs_sysctl", "name", "conn_reuse_mode"):           0,
		series("ipvs_sysctl", "name", "expire_nodest_conn"):        1,
		series("ipvs_sysctl", "name", "expire_quiescent_template"): 1,
		series("ipvs_sysctl", "name", "conntrack"):                 1,
	})
	exporter.agreeOn(t, view{"ingress", "ingress_sbox", map[string]string{"fwm/256": "10.0.0.5"}}, samples{
		ofService("connections_total", "fwm/256"): 4,
	})
	exporter.agreeOn(t, view{"old", "5d6e7f809a1b", map[string]string{"fwm/258": "10.0.9.5", "fwm/259": "10.0.9.6"}}, samples{
		ofService("connections_total", "fwm/258"): 2,
		ofService("connections_total", "fwm/259"): 3,
	})
	exporter.agreeOn(t, view{"client", "b0a7c1d2e3f4", nil}, samples{series("ipvs_services"): 0})
	exporter.agree(t, samples{series("ipvs_services"): 0})
}

// arrangeLoadBalancer is what today's engines do for an overlay network.
func arrangeLoadBalancer(t *testing.T) {
	t.Helper()
	balance(t, "lb", "10.0.9.0/24", "10.0.9.4")
	shIn(t, "lb", `
		iptables -t mangle -A INPUT -d 10.0.9.2/32 -j MARK --set-mark 0x101
		iptables -t mangle -A INPUT -d 10.0.9.3/32 -j MARK --set-mark 0x102`)
	ipvsadm(t, "lb", `
		-A -f 257 -s rr
		-a -f 257 -r 10.0.9.11:0 -m
		-a -f 257 -r 10.0.9.12:0 -m
		-A -f 258 -s rr
		-a -f 258 -r 10.0.9.11:0 -m
		-a -f 258 -r 10.0.9.12:0 -m`)
}

// arrangeIngress is what today's engines do for published ports.
func arrangeIngress(t *testing.T) {
	t.Helper()
	balance(t, "ingress", "10.0.0.0/24", "10.0.0.3")
	shIn(t, "ingress", `
		iptables -t mangle -A INPUT -d 10.0.0.5/32 -j MARK --set-mark 0x100
		iptables -t mangle -A PREROUTING -p tcp --dport 9000 -j MARK --set-mark 0x100`)
	ipvsadm(t, "ingress", `
		-A -f 256 -s rr
		-a -f 256 -r 10.0.0.11:0 -m
		-a -f 256 -r 10.0.0.12:0 -m`)
}

// balance makes a namespace a load balancer for a network, in which it is
// itself the address that tasks see.
func balance(t *testing.T, namespace, network, address string) {
	t.Helper()
	shIn(t, namespace, `
		sysctl -wq net.ipv4.ip_forward=1 net.ipv4.vs.conntrack=1 net.ipv4.vs.conn_reuse_mode=0 \
			net.ipv4.vs.expire_nodest_conn=1 net.ipv4.vs.expire_quiescent_template=1
		iptables -t nat -A POSTROUTING -d `+network+` -m ipvs --ipvs -j SNAT --to-source `+address)
	trackFirst(t, namespace)
}

// arrangeOldEngine is what engines before 2018 did in every container.
func arrangeOldEngine(t *testing.T) {
	t.Helper()
	shIn(t, "old", `
		iptables -t mangle -A OUTPUT -d 10.0.9.5/32 -j MARK --set-mark 0x102
		iptables -t mangle -A OUTPUT -d 10.0.9.6/32 -j MARK --set-mark 0x103`)
	ipvsadm(t, "old", `
		-A -f 258 -s rr
		-a -f 258 -r 10.0.9.11:0 -m
		-a -f 258 -r 10.0.9.12:0 -m
		-A -f 259 -s rr
		-a -f 259 -r 10.0.9.12:0 -m`)
}
