package tuner

import (
	"hash/crc32"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/scaling"
)

const (
	// rests is in how many periods a service that rests is judged once, and
	// half as often where its weights have stood for longer than standing periods.
	rests    = 4
	standing = 12
	// unusual is how many standard errors a reading must be off to end a rest.
	unusual = 4.0
	// otherDemand is the change of the demand that ends it, as a part of it.
	otherDemand = 0.02
	// oddErrors is the failed part of a server's requests that ends it.
	oddErrors = 0.005
)

// rest is what a virtual service of many servers that had nothing to gain keeps
// of its last decision, to hold to it without being judged in each period. The
// zero rest is of one that does not rest.
type rest struct {
	Scheduling  ipvs.Scheduling `json:"scheduling"`
	PerSecond   float64         `json:"requests_per_second"`       // that the shares are of
	Connections uint64          `json:"connections"`               // counted of all servers
	Latency     float64         `json:"latency_seconds,omitempty"` // that is predicted
	Advice      *scaling.Advice `json:"advice,omitempty"`
	Servers     []resting       `json:"servers,omitempty"` // those of the service; nil does not rest
}

// beginRest returns the rest that begins with a plan, if one does: where there
// is nothing to gain among many servers, all measured and well.
func (f *fleet) beginRest(p *ServicePlan) rest {
	if f.at.early || p.limited || p.Policy != Optimize || p.Code != CodeSettled || len(f.servers) < many || f.now == nil {
		return rest{}
	}
	r := rest{Scheduling: f.service.Scheduling(), PerSecond: f.perSecond(), Latency: p.PredictedLatencySeconds, Advice: p.Autoscaling, Servers: make([]resting, len(f.servers))}
	for i := range f.servers {
		s := &f.servers[i]
		if !s.measured || !s.bears() || s.joined {
			return rest{}
		}
		r.Connections += s.Stats.Connections
		capacity, deviation := s.bearing()
		r.Servers[i] = resting{PerSecond: float32(f.now[i] * r.PerSecond), Capacity: float32(capacity), Deviation: float32(deviation)}
		r.Servers[i].round()
	}
	return r
}

// server returns what is kept of the i-th server, nil where nothing is.
func (r *rest) server(i int) *resting {
	if r.Servers == nil {
		return nil
	}
	return &r.Servers[i]
}

// sound reports whether the values are among those that a step leaves at a
// service of so many servers.
func (r *rest) sound(servers int) bool {
	if r.Servers == nil {
		return true
	}
	for i := range r.Servers {
		if s := &r.Servers[i]; !s.sound() || float64(s.PerSecond) > float64(1.001*r.PerSecond) {
			return false
		}
	}
	return len(r.Servers) == servers && r.PerSecond > 0 && r.Latency >= 0
}

// rest takes in a period of a service that rests, and returns the plan that
// holds on and the state. It reports whether the service rests: not where it is
// to be judged since it is its turn or something has happened.
func (c *ServiceConfig) rest(v *ipvs.VirtualService, known serviceState, given given, at moment) (p ServicePlan, next serviceState, rests bool) {
	otherwise := c.standby != "" || c.order != nil || c.Policy != Optimize || c.limited() || c.Scheduler != "" && c.Scheduler != v.Scheduler
	if at.early || otherwise || !known.rests(v, at) {
		return ServicePlan{}, known, false
	}
	if given.counters {
		known = known.sample(v.Servers, at.interval, at.now)
		known.round()
	}
	if known.Rest.Servers = known.gather(&given, at); known.Rest.Servers == nil {
		return ServicePlan{}, known, false
	}
	p = known.holdOn(c.Policy, v)
	p.Source = given.from(c.Source)
	return p, known, true
}

// rests reports whether the service rests as far as its servers' number, weights
// and connections tell.
func (s *serviceState) rests(v *ipvs.VirtualService, at moment) bool {
	if s.Rest.Servers == nil || at.periods <= 0 || s.due(v.ID, at) || s.Rest.Scheduling != v.Scheduling() {
		return false
	}
	weights, connections := 0.0, uint64(0)
	for i := range v.Servers {
		if server := &v.Servers[i]; server.Weight > 0 {
			weights += float64(server.Weight)
			connections += server.Stats.Connections
		}
	}
	return s.unmoved(v.Servers, weights) && s.foreseen(connections, at)
}

// due reports whether a service is to be judged. All have their turns, at
// periods of their own so that the same number is judged in each.
func (s *serviceState) due(id ipvs.ServiceID, at moment) bool {
	every := rests
	if at.now.sub(s.Changed) > standing*at.interval {
		every = 2 * rests
	}
	return (at.turn()+phase(id))%every == 0 || at.periods > float64(every)-0.5
}

func phase(id ipvs.ServiceID) int { return int(crc32.ChecksumIEEE([]byte(id.String())) % (2 * rests)) }

// unmoved reports whether the available servers and their shares, by weights of
// that sum, are those of the last step.
func (s *serviceState) unmoved(servers []ipvs.RealServer, sum float64) bool {
	place := 0
	for i := range servers {
		server := &servers[i]
		if server.Weight == 0 {
			continue
		}
		if place == len(s.Servers) || s.Servers[place].ID != server.ID || s.Servers[place].Share != float64(server.Weight)/sum {
			return false
		}
		place++
	}
	return place == len(s.Servers) && len(s.Out) == 0
}
