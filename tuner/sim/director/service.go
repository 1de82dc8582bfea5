package director

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Service is a virtual service of a simulated director.
type Service struct {
	director    *Director
	place       uint16 // among the director's services
	id          ipvs.ServiceID
	name        string // the scheduler's
	scheduler   scheduler
	flags       ipvs.Flags
	group       ipvs.Netmask // of clients
	persistence time.Duration
	templates   ringID   // of the persistence's timeout
	own         endpoint // the address and port that it stands at; zero for a firewall mark

	scan   []gauges // those listed, in the kernel's order, and then those deleted
	listed int
	known  []server // by number

	connections counter
}

// gauges are what schedulers look at of a real server; a small flat record,
// since some look at all servers for each connection.
type gauges struct {
	weight     int32
	active     int32 // connections
	total      int32 // connections, active and inactive
	number     uint16
	overloaded bool
}

// counter counts up; the kernel shows what it was at the last estimation.
type counter struct{ now, shown uint64 }

// AddService adds a virtual service with its real servers, which stand in the
// kernel's order, newest first, and are added from the last to the first.
// Their connections and statistics are not taken over.
func (d *Director) AddService(now time.Duration, v ipvs.VirtualService) (*Service, error) {
	d.Expire(now)
	s, err := d.newService(v)
	if err != nil {
		return nil, &ipvs.Error{Op: "add service", Service: v.ID, Err: err}
	}
	for i := len(v.Servers) - 1; i >= 0; i-- {
		if err := s.AddServer(now, v.Servers[i]); err != nil {
			d.services = d.services[:s.place]
			return nil, err
		}
	}
	return s, nil
}

func (d *Director) newService(v ipvs.VirtualService) (*Service, error) {
	if d.Service(v.ID) != nil {
		return nil, errExists
	}
	scheduler, err := d.newScheduler(v.Scheduler)
	if err != nil {
		return nil, err
	}
	s := &Service{
		director: d, place: uint16(len(d.services)), id: v.ID, name: v.Scheduler, scheduler: scheduler,
		flags: v.Flags, group: v.Netmask, persistence: v.Persistence,
	}
	if v.ID.Mark == 0 {
		s.own = endpointOf(v.ID.Address)
	}
	if v.Flags.Has(ipvs.FlagPersistent) {
		s.templates = d.rings.ring(v.Persistence)
	}
	d.services = append(d.services, s)
	return s, nil
}

// ID returns the service's identity.
func (s *Service) ID() ipvs.ServiceID { return s.id }
