//go:build lab

package e2e

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

// kubeProxy writes a service as kube-proxy in its IPVS mode does
// (pkg/proxy/ipvs/proxier.go and graceful_termination.go in Kubernetes).
type kubeProxy struct {
	*testing.T
	namespace string
	began     bool            // has written the service since it started
	leaving   map[string]bool // real servers that are to go once nobody is connected
}

// startKubeProxy has the interface that the addresses of services are on, which
// stays down, and a service without real servers.
func startKubeProxy(t *testing.T, namespace string) *kubeProxy {
	t.Helper()
	sh(t, "ip -n "+namespace+" link add kube-ipvs0 type dummy && ip -n "+namespace+" addr add 10.0.1.100/32 dev kube-ipvs0")
	ipvsadm(t, namespace, "-A -t 10.0.1.100:80 -s wrr\n")
	return &kubeProxy{T: t, namespace: namespace, leaving: map[string]bool{}}
}

// restart has it know no more than the table says.
func (k *kubeProxy) restart() { k.began, k.leaving = false, map[string]bool{} }

// sync brings the table in line with the real servers that there are to be, as
// it does after each of their changes and every thirty seconds. A weight that
// stands is looked at the first time only.
func (k *kubeProxy) sync(servers ...int) {
	k.Helper()
	there, _ := written(k.T, k.namespace)
	others := func(weight uint32) bool { return weight != 1 }
	reset := !k.began && slices.ContainsFunc(slices.Collect(maps.Values(there)), others)
	wanted, edits := map[string]bool{}, ""
	for _, n := range servers {
		server := sharedServer(n)
		wanted[server] = true
		switch _, stands := there[server]; {
		case !stands:
			edits += edit("-a", server, "-m -w 1")
		case k.leaving[server]:
			edits += edit("-d", server, "") + edit("-a", server, "-m -w 1")
			delete(k.leaving, server)
		case reset:
			edits += edit("-e", server, "-m -w 1")
		}
	}
	for server := range there {
		if !wanted[server] && !k.leaving[server] && !k.remove(server) {
			edits += edit("-e", server, "-m -w 0")
			k.leaving[server] = true
		}
	}
	ipvsadm(k.T, k.namespace, edits)
	k.began = true
}

// sweep removes those that are to go, as it does every minute.
func (k *kubeProxy) sweep() {
	k.Helper()
	for server := range k.leaving {
		if k.remove(server) {
			delete(k.leaving, server)
		}
	}
}

// remove removes a real server unless somebody is connected.
func (k *kubeProxy) remove(server string) bool {
	k.Helper()
	columns := list(k.T, k.namespace, "").servers[[2]string{"tcp/10.0.1.100:80", server}]
	if number(k.T, columns[2])+number(k.T, columns[3]) > 0 {
		return false
	}
	ipvsadm(k.T, k.namespace, edit("-d", server, ""))
	return true
}

// edit is a line for ipvsadm.
func edit(command, server, settings string) string {
	return fmt.Sprintf("%s -t 10.0.1.100:80 -r %s %s\n", command, server, settings)
}
