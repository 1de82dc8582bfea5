package tuner

import (
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"
)

// believe takes what was measured into what is believed of the server.
func (s *serverState) believe(v *server, m measurement, ok bool, counters bool, evenness float64, curves *capacity.Curves, at moment) {
	s.Belief = s.Belief.Age(at.periods)
	seconds := at.now.Sub(s.CountedAt).Seconds()
	now := v.now
	if s.CountedAt.IsZero() || seconds <= 0 || now.Stats.Connections < s.Connections {
		s.CountedAt, s.Connections, s.Active = at.now, now.Stats.Connections, now.ActiveConnections
	} else {
		a := float64(now.Stats.Connections - s.Connections)
		grown := float64(now.ActiveConnections) - float64(s.Active)
		done := max(0.5, a-grown)
		present := max(0.5, (float64(now.ActiveConnections)+float64(s.Active))/2)
		v.arrived = a / seconds
		s.CountedAt, s.Connections, s.Active = at.now, now.Stats.Connections, now.ActiveConnections
		busy := present / (1 + present)
		r := capacity.Reading{PerSecond: done / seconds, Present: present, Evenness: evenness, Surely: true}
		r.Variance = 1/done + (1-busy)*(1-busy)*2
		if present > 20 || s.Belief.Known() {
			s.Belief, _ = curves.Take(s.Belief, r)
		}
	}
	if ok && !m.idle() && !m.failing && m.latency > 0 && !counters {
		n := 1 / m.variance
		r := capacity.Reading{PerSecond: m.requestsPerSecond, Present: m.requestsPerSecond * m.latency, Evenness: evenness}
		busy := r.Present / (1 + r.Present)
		r.Variance = (1 + 3*min(1, (1-busy)/0.05)) / n
		s.Belief, _ = curves.Take(s.Belief, r)
	}
	v.belief = s.Belief
	if s.Belief.Known() {
		c, _ := s.Belief.Capacity()
		usual := max(10, 3*v.share)
		v.backlog = max(0, float64(now.ActiveConnections)-usual) / (2 * at.interval.Seconds())
		v.backlog = min(v.backlog, 0.9*c)
	}
}
