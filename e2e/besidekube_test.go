//go:build lab

package e2e

import (
	"errors"
	"maps"
	"net"
	"strings"
	"testing"
)

// What kube-proxy does each day, to leave weights alone and to take servers out
// and in, is no conflict. Once it starts again it writes all weights, and is left
// the service, by its name.
func TestKubeProxyBesideTuner(t *testing.T) {
	t.Parallel()
	s := &shared{T: t, namespace: "kube"}
	addNetns(t, s.namespace)
	k := startKubeProxy(t, s.namespace)
	sh(t, "ip -n kube link add servers type dummy && ip -n kube link set servers up")
	for i := range sharedServers {
		address, _, _ := net.SplitHostPort(sharedServer(i + 1))
		sh(t, "ip -n kube addr add "+address+"/32 dev servers")
		answer(t, s.namespace, "tcp", sharedServer(i+1))
	}
	k.sync(1, 2, 3)
	s.tune("")
	s.favour(3)
	s.satisfy()
	before := s.weights()
	k.sync(1, 2, 3)
	if now := s.weights(); !maps.Equal(now, before) {
		t.Errorf("nothing was to be written, and the weights went from %v to %v", before, now)
	}

	s.takeOut(k)
	k.sync(1, 2, 3)
	s.favour(3)
	s.expectConflicts(0)

	s.satisfy()
	k.restart()
	s.signalTuner("STOP") // so that it sees all weights change at once
	k.sync(1, 2, 3)
	s.signalTuner("CONT")
	s.awaitWeights("leave the service", func(map[string]uint32) bool { return s.decided("skip", "yielded") > 0 })
	wrote := s.writes()
	s.quicken(1)
	s.decisions(2)
	if now := s.weights(); !maps.Equal(now, given(1, 1, 1)) || s.writes() != wrote {
		t.Errorf("the tuner was to leave the weights alone, they are %v:\n%s", now, s.tuner)
	}
	const why = "which may be kube-proxy (interface kube-ipvs0), who has the service until"
	if plan := get(t, s.namespace, "http://127.0.0.1:9976/plan"); !strings.Contains(plan, why) {
		t.Errorf("the plan does not say %q:\n%s", why, plan)
	}
	s.expectConflicts(1)
}

// takeOut has the third server leave while clients are connected, and then be
// gone.
func (s *shared) takeOut(k *kubeProxy) {
	s.Helper()
	clients := hold(s.T, s.namespace, "tcp", "10.0.1.100:80", 20)
	k.sync(1, 2)
	s.decisions(1)
	if now := s.weights(); len(now) != sharedServers || now[sharedServer(3)] != 0 {
		s.Errorf("while a server was to end its connections, the weights became %v", now)
	}
	for _, connected := range clients {
		for _, c := range connected {
			_ = c.(*net.TCPConn).SetLinger(0) // its entry then goes in 10 s, not in 2 minutes
			_ = c.Close()
		}
	}
	eventually(s.T, func() error {
		if k.sweep(); len(k.leaving) > 0 {
			return errors.New("somebody is still connected")
		}
		return nil
	})
	s.decisions(1)
}
