package prometheus

import (
	"fmt"
	"net/netip"

	"github.com/prometheus/common/model"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// matcher finds the real servers that a series is of, by its labels.
type matcher struct {
	serverLabel, serviceLabel model.LabelName // the latter "" where there is none
	byAddress                 map[netip.Addr][]tuner.Target
}

func newMatcher(servers []tuner.Target, c tuner.PrometheusServer) matcher {
	m := matcher{model.LabelName(c.ServerLabel), model.LabelName(c.ServiceLabel), make(map[netip.Addr][]tuner.Target)}
	for _, t := range servers {
		a := t.Server.Addr()
		m.byAddress[a] = append(m.byAddress[a], t)
	}
	return m
}

// find returns the servers of a series, which has many in as many virtual
// services; none where it is of another. A series by the address alone that
// could be of two servers in one virtual service is an error.
func (m matcher) find(series model.Metric) ([]tuner.Target, error) {
	label := string(series[m.serverLabel])
	address, port, ok := parseServer(label)
	if !ok {
		return nil, nil
	}
	var found []tuner.Target
	for _, t := range m.byAddress[address] {
		if m.ofService(series, t) && fits(t, port) {
			found = append(found, t)
		}
	}
	for i, t := range found {
		for _, other := range found[:i] {
			if t.Service == other.Service {
				return nil, fmt.Errorf("%s %q is both %s and %s in %s", m.serverLabel, label, other.Server, t.Server, t.Service)
			}
		}
	}
	return found, nil
}

// parseServer reads ADDRESS:PORT or an address alone, which gives port 0.
func parseServer(label string) (a netip.Addr, port uint16, ok bool) {
	if both, err := netip.ParseAddrPort(label); err == nil {
		return both.Addr().Unmap(), both.Port(), true
	}
	a, err := netip.ParseAddr(label)
	return a.Unmap(), 0, err == nil
}

// fits reports whether a series with a port, 0 being none, is of a server at
// its address. A server without a port, as firewall marks have, is found by any.
func fits(t tuner.Target, port uint16) bool {
	return port == 0 || t.Server.Port() == 0 || t.Server.Port() == port
}

func (m matcher) ofService(series model.Metric, t tuner.Target) bool {
	return m.serviceLabel == "" || string(series[m.serviceLabel]) == t.Service.String()
}
