package tuner

import "math"

// demand is what clients ask of a virtual service.
type demand struct {
	PerSecond float64 `json:"connections_per_second"`  // expected; 0 is not known
	Requests  float64 `json:"requests_per_connection"` // 0 is not known
	Idle      float64 `json:"idle_seconds"`            // that a connection is open without a request
	Open      bool    `json:"open"`                    // Idle is known
}

// after returns the demand after a step that counted connections. What chance
// explains is averaged; a plain change is followed at once.
func (d demand) after(servers []server) demand {
	seen, seconds, late := 0.0, 0.0, 0.0
	for i := range servers {
		if c := &servers[i].counted; c.known {
			seen += c.perSecond
			seconds, late = c.seconds, c.lateness
		}
	}
	most := max(d.PerSecond, seen)
	chance := most/seconds + float64(most*most*late)/float64(seconds*seconds)
	switch {
	case seconds == 0:
	case d.PerSecond == 0, math.Abs(seen-d.PerSecond) > float64(3*math.Sqrt(chance)):
		d.PerSecond = seen
	default:
		d.PerSecond += float64(0.3 * (seen - d.PerSecond))
	}
	if d.PerSecond < leastRequestsPerSecond {
		d.PerSecond = 0
	}
	return d
}

// plain reports whether a connection is a request, and open no longer.
func (d demand) plain() bool {
	return d.Open && d.Requests > 0.7 && d.Requests < 1.4 && d.Idle < 2
}

// requests returns those per connection, 1 where that is not known.
func (d demand) requests() float64 {
	if d.Requests == 0 {
		return 1
	}
	return d.Requests
}

// openness sums up what a step saw of the connections of requests.
type openness struct {
	requests, connections float64 // per second
	idle                  float64 // the least of a server
	any                   bool
}

func (o *openness) add(m measurement, measured bool, v *server) {
	c := v.counted
	if !measured || m.counters || m.idle() || m.failing || !c.known || c.perSecond == 0 {
		return
	}
	o.requests += m.requestsPerSecond
	o.connections += c.perSecond
	idle := c.present/c.perSecond - float64(m.requestsPerSecond/c.perSecond*m.latency)
	if !o.any || idle < o.idle {
		o.idle = min(max(0, idle), mostSeconds)
	}
	o.any = true
}

// seen returns the demand after a step. The idle time falls at once and rises
// slowly: connections that wait for an answer look like idle ones.
func (d demand) seen(o openness) demand {
	if !o.any {
		return d
	}
	q := o.requests / o.connections
	if d.Requests == 0 {
		d.Requests = q
	}
	d.Requests += float64(0.3 * (q - d.Requests))
	if !d.Open || o.idle < d.Idle {
		d.Idle = o.idle
	}
	d.Idle += float64(0.05 * (o.idle - d.Idle))
	d.Open = true
	return d
}
