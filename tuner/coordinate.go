package tuner

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Coordination has several directors that serve at once have equal weights: one
// tuner plans, and the others carry out what it has published.
type Coordination struct {
	// Ask returns who plans. An error says why that is not known: then nothing
	// may be written here.
	Ask func(context.Context) (Orders, error)
	// Publish has the others follow these orders, and fails unless this tuner
	// is the one that plans. Nothing may be written before.
	Publish func(context.Context, []Order) error
	// Told receives a value when the orders have changed.
	Told <-chan struct{}
}

// Orders are what one tuner has planned for all.
type Orders struct {
	Lead bool    // this tuner plans
	By   string  // who has planned what follows
	Of   []Order // "" and none where nobody has yet
}

// Order is the weights that a virtual service is to have.
type Order struct {
	Netns   string         `json:"netns,omitempty"`
	Service ipvs.ServiceID `json:"service"`
	Servers []ServerOrder  `json:"servers"` // those that are available
}

// ServerOrder is the weight that a real server is to have, above 0.
type ServerOrder struct {
	Server ipvs.ServerID `json:"server"`
	Weight uint32        `json:"weight"`
}

// following is what one network namespace is to do by what somebody else has
// planned.
type following struct {
	by     string
	orders map[ipvs.ServiceID]map[ipvs.ServerID]uint32
}

// order is what somebody else has planned for a virtual service; nil is that
// this tuner plans itself.
type order struct {
	by      string
	weights map[ipvs.ServerID]uint32 // nil: nothing is planned for it
}

// coordinationTime is for how long the coordination is waited for.
const coordinationTime = 2 * time.Second

// ask asks who plans.
func (l *Loop) ask(ctx context.Context) {
	if l.Coordination == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, coordinationTime)
	defer cancel()
	l.orders, l.uncoordinated = l.Coordination.Ask(ctx)
	l.alarms.note(task{what: "ask who plans"}, l.uncoordinated)
}

// coordinate has a network namespace know what somebody else has planned for it.
func (l *Loop) coordinate(n *Netns) {
	n.lost, n.follows = l.uncoordinated, nil
	if l.Coordination == nil || l.uncoordinated != nil || l.orders.Lead {
		return
	}
	f := &following{by: l.orders.By, orders: make(map[ipvs.ServiceID]map[ipvs.ServerID]uint32)}
	for _, o := range l.orders.Of {
		if o.Netns == n.name() {
			weights := make(map[ipvs.ServerID]uint32, len(o.Servers))
			for _, s := range o.Servers {
				weights[s.Server] = s.Weight
			}
			f.orders[o.Service] = weights
		}
	}
	n.follows = f
}

// order returns what is planned for a virtual service.
func (f *following) order(id ipvs.ServiceID) *order {
	if f == nil {
		return nil
	}
	return &order{f.by, f.orders[id]}
}

// follow carries out what somebody else has planned.
func (o *order) follow(f *fleet) decision {
	if o.weights == nil {
		return hold(CodePlanned, "is planned by "+o.planner()+", who says nothing of it")
	}
	reason := "planned by " + o.planner()
	weights := weightsOf(f.servers)
	for i := range f.servers {
		if w := o.weights[f.servers[i].ID]; w > 0 {
			weights[i] = w
		}
	}
	if slices.Equal(weights, weightsOf(f.servers)) {
		return hold(CodePlanned, reason)
	}
	return decision{action: Apply, code: CodePlanned, reason: reason, weights: weights}
}

func (o *order) planner() string {
	if o.by == "" {
		return "nobody yet"
	}
	return o.by
}

// differs reports whether the weights of a plan are others than ordered.
func (o *order) differs(p *ServicePlan) bool {
	for i := range p.Servers {
		s := &p.Servers[i]
		if w := o.weights[s.Server]; w > 0 && s.Weight > 0 && w != s.Weight {
			return true
		}
	}
	return false
}

// publish has the others follow the plan of all turns, before it is carried out
// here. It returns why nothing may be written.
func (l *Loop) publish(turns []turn) error {
	switch {
	case l.Coordination == nil:
		return nil
	case l.uncoordinated != nil:
		return l.uncoordinated
	case !l.orders.Lead:
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), coordinationTime)
	defer cancel()
	err := l.Coordination.Publish(ctx, ordersOf(turns))
	l.alarms.note(task{what: "publish the plan"}, err)
	if err != nil {
		return errors.New("the plan cannot be published: " + err.Error())
	}
	return nil
}

// ordersOf returns what the others are to do: nothing about services that may
// not be written to here.
func ordersOf(turns []turn) []Order {
	orders := []Order{}
	for _, t := range turns {
		for i := range t.plan.Services {
			p := &t.plan.Services[i]
			if p.Action == Skip {
				continue
			}
			o := Order{Netns: t.name(), Service: p.Service, Servers: []ServerOrder{}}
			for j := range p.Servers {
				if s := &p.Servers[j]; s.Weight > 0 {
					o.Servers = append(o.Servers, ServerOrder{s.Server, s.Weight})
				}
			}
			orders = append(orders, o)
		}
	}
	return orders
}

// told reports whether the orders have changed since it was last asked.
func (l *Loop) told() bool {
	if l.Coordination == nil {
		return false
	}
	select {
	case <-l.Coordination.Told:
		return true
	default:
		return false
	}
}

// followEarly carries out orders that have come between two decisions.
func (l *Loop) followEarly(ctx context.Context, now time.Time) {
	l.ask(ctx)
	l.turns = slices.Clone(l.turns) // the last ones are shown elsewhere
	for at := range l.turns {
		l.coordinate(&l.turns[at].Netns)
	}
	for at := range l.turns {
		t, alarms := l.turns[at], make(Alarms)
		for i := range t.plan.Services {
			p := &t.plan.Services[i]
			if o := t.follows.order(p.Service); o != nil && p.Action != Skip && o.differs(p) {
				alarms[p.Service] = "there is a new plan"
			}
		}
		if len(alarms) > 0 {
			l.decideEarly(at, alarms, nil, now)
		}
	}
}
