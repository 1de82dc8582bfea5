package collector

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
)

// latencies are what one read had of all network namespaces, by their inode
// numbers.
type latencies struct {
	of  map[uint64]latency
	err error
}

// latency is what has been measured in a network namespace.
type latency struct {
	times map[timed]*passive.Histogram
	lost  map[passive.Reason]uint64
}

// timed is a real server, and how it is timed.
type timed struct {
	service ipvs.ServiceID
	server  ipvs.ServerID
	measure passive.Measure
}

// readLatencies reads once for all network namespaces, which the kernel does
// not keep apart. It takes milliseconds.
func (c *Collector) readLatencies(want parts) latencies {
	if !want[partLatency] {
		return latencies{}
	}
	if c.options.Latency == nil {
		return latencies{err: errors.New("not measured")}
	}
	readings, losses, err := c.options.Latency()
	all := latencies{of: map[uint64]latency{}, err: err}
	for i, r := range readings {
		all.at(r.Netns).times[timed{r.Service, r.Server, r.Measure}] = &readings[i].Histogram
	}
	for _, l := range losses {
		all.at(l.Netns).lost[l.Reason] = l.Times
	}
	return all
}

func (l latencies) at(netns uint32) latency {
	n, found := l.of[uint64(netns)]
	if !found {
		n = latency{map[timed]*passive.Histogram{}, map[passive.Reason]uint64{}}
		l.of[uint64(netns)] = n
	}
	return n
}

// addLatencies puts a namespace's into its view. Without the table there is
// nothing to show of them.
func (v *view) addLatencies(l latencies) {
	if !v.read[partLatency] {
		return
	}
	inode, err := v.director.NetnsInode()
	for _, missing := range []error{l.err, err, v.errs[partTable]} {
		if missing != nil {
			v.errs[partLatency] = missing
			return
		}
	}
	v.latency = l.of[inode]
}

func newLatency() subject {
	server := []string{"netns", "service", "server"}
	return subject{name: NameLatency, part: partLatency, families: []family{
		newHistogram("ipvs_server_response_seconds", "From a request to the beginning of the real server's answer, by how it is found: "+
			"first_byte (masquerading; over TCP and UDP), timestamps and acknowledgement (direct routing and tunnels; over TCP).", append(server, "estimator"), putResponses),
		newHistogram("ipvs_server_connect_seconds", "From a client's SYN to the real server's SYN-ACK, under masquerading.", server, putConnects),
		newFamily(prometheus.CounterValue, "ipvs_latency_lost_total", "Answers and connections that could not be timed, by why not: "+
			"not_seen (older than the exporter, or beyond those that are followed), syn_repeated, no_timestamps, clock, old, request_repeated (over UDP: before the answer to another), reset, closed, no_room (too many real servers), unchecked (the connection's SYN-ACK may have been late by more than 10 ms, or how far the client is is not known yet).",
			[]string{"netns", "reason"}, putLost),
	}}
}

func putResponses(v *view, o *output) {
	eachTimed(v, func(s *serviceView, server ipvs.ServerID, labels []string) {
		for _, m := range []passive.Measure{passive.FirstByte, passive.Timestamps, passive.Acknowledgement} {
			if h := v.latency.times[timed{s.ID, server, m}]; h != nil {
				o.addHistogram(h, append(labels, m.String()))
			}
		}
	})
}

func putConnects(v *view, o *output) {
	eachTimed(v, func(s *serviceView, server ipvs.ServerID, labels []string) {
		if h := v.latency.times[timed{s.ID, server, passive.Connect}]; h != nil {
			o.addHistogram(h, labels)
		}
	})
}

// eachTimed calls each with every real server that has series, and the values of
// its labels.
func eachTimed(v *view, each func(s *serviceView, server ipvs.ServerID, labels []string)) {
	eachServed(v, func(s *serviceView, g group) {
		for i := range s.Servers {
			each(s, s.Servers[i].ID, append(g.before[:2:2], g.identities[i].last))
		}
	})
}

func putLost(v *view, o *output) {
	for _, r := range passive.Reasons() {
		o.add(float64(v.latency.lost[r]), v.name, r.String())
	}
}
