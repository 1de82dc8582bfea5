package packets

import (
	"maps"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// known is what was measured of each real server, those of no answer left out.
type known map[tuner.Target]times

// times are those of a real server, by how they were found.
type times map[passive.Measure]*series

// series is what one estimator found.
type series struct {
	total  passive.Histogram // at the last reading
	window passive.Histogram // since the one before
}

// take takes in readings, from which windows follow. What is in none was
// forgotten. names are those of network namespaces.
func (k known) take(readings []passive.Reading, names map[uint32]string) {
	before := maps.Clone(k)
	clear(k)
	for i := range readings {
		r := &readings[i]
		name, tuned := names[r.Netns]
		if !tuned || r.Measure == passive.Connect || r.Count() == 0 {
			continue
		}
		target := tuner.Target{Netns: name, Service: r.Service, Server: r.Server}
		if k[target] == nil {
			k[target] = times{}
		}
		s := series{total: r.Histogram, window: r.Histogram}
		if last := before[target][r.Measure]; last != nil {
			s.window = difference(&r.Histogram, &last.total)
		}
		k[target][r.Measure] = &s
	}
}

// difference returns what came to a histogram since it was as before: all of it
// where it began anew meanwhile.
func difference(now, before *passive.Histogram) passive.Histogram {
	d := *now
	for i, n := range before.Buckets {
		if now.Buckets[i] < n {
			return *now
		}
		d.Buckets[i] -= n
	}
	d.Sum -= before.Sum
	return d
}

// service is a virtual service in a network namespace.
type service struct {
	netns string
	id    ipvs.ServiceID
}

// observations returns those of servers, of the services that anything was ever
// measured of; where there is room for no more servers, of those that all were.
func (k known) observations(servers []tuner.Target, full bool, now time.Time, seconds float64) []tuner.Observation {
	measured := map[service]bool{}
	for t := range k {
		measured[service{t.Netns, t.Service}] = true
	}
	for _, t := range servers {
		if full && k[t] == nil {
			delete(measured, service{t.Netns, t.Service})
		}
	}
	var all []tuner.Observation
	for _, t := range servers {
		if !measured[service{t.Netns, t.Service}] {
			continue
		}
		o := tuner.Observation{Netns: t.Netns, Service: t.Service, Server: t.Server, Time: now, WindowSeconds: &seconds}
		if k[t].tell(&o, seconds) {
			all = append(all, o)
		}
	}
	return all
}
