package tuner

import (
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// kept is a value of the director's that is to be put back one day. The zero
// kept is one that nobody has touched.
type kept[T comparable] struct {
	Was     T `json:"was"`     // before the tuner first wrote it, or as somebody else has set it since
	Written T `json:"written"` // as the last step found it
	Writing T `json:"writing"` // as that step wanted it; whether it came to be written is not known
}

// step returns the value after one more step, which found and wants these. What
// is neither as it was found nor as it was wanted is somebody else's word, but
// for what is the tuner's own by its looks.
func (k kept[T]) step(found, wanted T, own bool) kept[T] {
	if !own && !k.ours(found) {
		k.Was = found
	}
	return kept[T]{k.Was, found, wanted}
}

// ours reports whether the tuner may have left the value like that.
func (k kept[T]) ours(present T) bool { return present == k.Written || present == k.Writing }

// touched reports whether there is anything to put back.
func (k kept[T]) touched() bool { return k.Written != k.Was || k.Writing != k.Was }

// baselines hold what stood in the virtual services before the tuner touched
// them; only what it did touch.
type baselines map[ipvs.ServiceID]baseline

type baseline struct {
	Scheduling kept[ipvs.Scheduling] `json:"scheduling,omitzero"`
	Servers    []serverBaseline      `json:"servers,omitempty"` // by identity
}

type serverBaseline struct {
	Server     ipvs.ServerID    `json:"server"`
	Weight     kept[uint32]     `json:"weight,omitzero"`
	Thresholds kept[thresholds] `json:"thresholds,omitzero"`
}

// thresholds go together: the lower one may not be above the upper one.
type thresholds struct {
	Upper uint32 `json:"upper"`
	Lower uint32 `json:"lower"`
}

// step returns the baselines after a step that found the table and made the
// plan. Those of services and servers that have left the table are dropped;
// those of services that are not tuned any more stay.
func (b baselines) step(table *ipvs.Table, plan Plan) baselines {
	planned := make(map[ipvs.ServiceID]*ServicePlan, len(plan.Services))
	for i := range plan.Services {
		planned[plan.Services[i].Service] = &plan.Services[i]
	}
	next := make(baselines)
	for i := range table.Services {
		v := &table.Services[i]
		known := b[v.ID]
		if p := planned[v.ID]; p != nil {
			known = known.step(v.Scheduling(), p)
		} else {
			known = known.without(v.Servers)
		}
		if known.Scheduling.touched() || len(known.Servers) > 0 {
			next[v.ID] = known
		}
	}
	return next
}

// step returns the baseline after a service's plan, which lists every server,
// by identity.
func (b baseline) step(found ipvs.Scheduling, p *ServicePlan) baseline {
	wanted := found
	if p.Scheduler != "" {
		wanted = ipvs.Scheduling{Scheduler: p.Scheduler}
	}
	next := baseline{Scheduling: b.Scheduling.step(found, wanted, false), Servers: slices.Grow([]serverBaseline(nil), len(b.Servers))}
	rest := b.Servers
	for i := range p.Servers {
		s := &p.Servers[i]
		known := serverBaseline{Server: s.Server}
		for len(rest) > 0 && rest[0].Server.Compare(s.Server) <= 0 {
			if rest[0].Server == s.Server {
				known = rest[0]
			}
			rest = rest[1:]
		}
		known.Weight = known.Weight.step(s.PreviousWeight, s.Weight, false)
		known.Thresholds = known.Thresholds.step(s.previousThresholds(), s.thresholds(), known.own(s.previousThresholds()))
		if known.Weight.touched() || known.Thresholds.touched() {
			next.Servers = append(next.Servers, known)
		}
	}
	return next
}

// find returns what is kept of a server, nil where nothing is.
func (b baseline) find(id ipvs.ServerID) *serverBaseline {
	i, found := slices.BinarySearchFunc(b.Servers, id, func(s serverBaseline, id ipvs.ServerID) int { return s.Server.Compare(id) })
	if !found {
		return nil
	}
	return &b.Servers[i]
}

// edited reports whether somebody else has set the weight of a server that the
// tuner had written.
func (b baseline) edited(s *ipvs.RealServer) bool {
	known := b.find(s.ID)
	return known != nil && !known.Weight.ours(s.Weight)
}

// weight returns what a server had before the tuner touched it.
func (b baseline) weight(s *ipvs.RealServer) float64 {
	if known := b.find(s.ID); known != nil && known.Weight.Was > 0 && known.Weight.ours(s.Weight) {
		return float64(known.Weight.Was)
	}
	return float64(s.Weight)
}

// returning returns the baseline with the weights of those servers that come
// back as the tuner's.
func (b baseline) returning(servers []ipvs.RealServer, back []ipvs.ServerID) baseline {
	if len(back) == 0 {
		return b
	}
	b.Servers = slices.Clone(b.Servers)
	for i := range servers {
		if known := b.find(servers[i].ID); known != nil && slices.Contains(back, servers[i].ID) {
			known.Weight.Writing = servers[i].Weight
		}
	}
	return b
}

// own reports whether thresholds are of the kind that the tuner writes between
// two steps too, which is in no saved state: both the same, at a server whose
// thresholds it has written.
func (b *serverBaseline) own(present thresholds) bool {
	return b.Thresholds.touched() && present.Upper == present.Lower && present.Upper > 0
}

// without returns the baseline with none but the servers listed.
func (b baseline) without(listed []ipvs.RealServer) baseline {
	there := make(map[ipvs.ServerID]bool, len(listed))
	for i := range listed {
		there[listed[i].ID] = true
	}
	b.Servers = slices.DeleteFunc(slices.Clone(b.Servers), func(s serverBaseline) bool { return !there[s.Server] })
	return b
}

func (p *ServerPlan) thresholds() thresholds { return thresholds{p.UpperThreshold, p.LowerThreshold} }

func (p *ServerPlan) previousThresholds() thresholds {
	return thresholds{p.PreviousUpperThreshold, p.PreviousLowerThreshold}
}

// unsound returns a server whose values no director takes, or that of a
// service, nil where there is none.
func (b baselines) unsound() *Target {
	for id, service := range b {
		if !service.Scheduling.sound(func(s ipvs.Scheduling) bool { return s == ipvs.Scheduling{} || s.Check() == nil }) {
			return &Target{Service: id}
		}
		for i, s := range service.Servers {
			inOrder := i == 0 || service.Servers[i-1].Server.Compare(s.Server) < 0
			if !inOrder || !s.Weight.sound(func(w uint32) bool { return w <= mostWeight }) || !s.Thresholds.sound(thresholds.sound) {
				return &Target{Service: id, Server: s.Server}
			}
		}
	}
	return nil
}

func (k kept[T]) sound(can func(T) bool) bool { return can(k.Was) && can(k.Written) && can(k.Writing) }

func (t thresholds) sound() bool { return t.Lower <= t.Upper && t.Upper <= mostWeight }
