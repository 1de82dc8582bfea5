package coordination

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// published is the plan as etcd has it.
type published struct {
	Planner  string        `json:"planner"`
	Services []tuner.Order `json:"services"`
}

var errDeposed = errors.New("another director plans by now")

// elections returns the prefix of the candidacies, to which etcd's library adds
// a slash and the lease.
func (m *Member) elections() string { return m.config.Prefix + "/election" }

func (m *Member) plan() string { return m.config.Prefix + "/plan" }

func (m *Member) candidacy(s *concurrency.Session) string {
	return fmt.Sprintf("%s/%x", m.elections(), s.Lease())
}

// ask reads the plan and the oldest candidacy, both at one revision.
func (m *Member) ask(ctx context.Context) (tuner.Orders, error) {
	seat, err := m.get()
	if err != nil {
		return tuner.Orders{}, err
	}
	answer, err := seat.client.Txn(ctx).Then(
		clientv3.OpGet(m.plan()),
		clientv3.OpGet(m.elections()+"/", clientv3.WithFirstCreate()...),
	).Commit()
	if err != nil {
		return tuner.Orders{}, fmt.Errorf("etcd: %w", err)
	}
	orders := tuner.Orders{}
	if first := answer.Responses[1].GetResponseRange().Kvs; len(first) > 0 {
		orders.Lead = string(first[0].Key) == seat.key
	}
	m.leads = ""
	if orders.Lead {
		m.leads = seat.key
	}
	if plan := answer.Responses[0].GetResponseRange().Kvs; len(plan) > 0 && !orders.Lead {
		p, err := parse(plan[0].Value)
		if err != nil {
			return tuner.Orders{}, fmt.Errorf("etcd: key %s: %w", m.plan(), err)
		}
		orders.By, orders.Of = p.Planner, p.Services
	}
	return orders, nil
}

// publish writes the plan if the candidacy stands. It was the oldest when it was
// asked, and so it still is then.
func (m *Member) publish(ctx context.Context, orders []tuner.Order) error {
	seat, err := m.get()
	if err != nil {
		return err
	}
	if seat.key != m.leads {
		return errDeposed
	}
	value, err := format(published{m.name, orders})
	if err != nil {
		return err
	}
	answer, err := seat.client.Txn(ctx).
		If(clientv3.Compare(clientv3.CreateRevision(seat.key), ">", 0)).
		Then(clientv3.OpPut(m.plan(), string(value))).Commit()
	if err != nil {
		return fmt.Errorf("etcd: %w", err)
	}
	if !answer.Succeeded {
		return errDeposed
	}
	return nil
}

// format returns a plan as etcd is to have it.
func format(p published) ([]byte, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	return pack(text)
}

// parse reads a plan that etcd has.
func parse(value []byte) (published, error) {
	var p published
	text, err := unpack(value)
	if err != nil {
		return published{}, err
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return published{}, err
	}
	for i := range p.Services {
		if p.Services[i].Service == (ipvs.ServiceID{}) {
			return published{}, errors.New("a service has no identity")
		}
		for _, s := range p.Services[i].Servers {
			if s.Server == (ipvs.ServerID{}) {
				return published{}, errors.New("a server has no identity")
			}
			if s.Weight < 1 || s.Weight > 65535 {
				return published{}, fmt.Errorf("weight %d of %s in %s is not from 1 to 65535", s.Weight, s.Server, p.Services[i].Service)
			}
		}
	}
	return p, nil
}
