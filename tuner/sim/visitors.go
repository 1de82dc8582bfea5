package sim

import (
	"net/netip"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/director"
)

// The ports that clients connect from (net.ipv4.ip_local_port_range).
const (
	firstPort = 32768
	lastPort  = 60999
)

// visitors are the clients, from whom connections come.
type visitors struct {
	clients      *population
	destinations *population // nil: the service's own address
	port         uint16      // of the service
	nextPort     uint16      // of all clients, in turn
	visits       stream      // how many requests they make
	rests        stream      // how long they do nothing
	stay         float64     // chance of one more request
}

func newVisitors(c Config) visitors {
	v := visitors{
		clients:  newPopulation(c.Clients.Addresses, newStream(c.Seed, "clients")),
		port:     c.Service.ID.Address.Port(),
		nextPort: firstPort,
		visits:   newStream(c.Seed, "visits"),
		rests:    newStream(c.Seed, "rests"),
		stay:     1 - 1/max(1, c.Clients.Requests),
	}
	if c.Clients.Destinations.Count > 0 {
		v.destinations = newPopulation(c.Clients.Destinations, newStream(c.Seed, "destinations"))
	}
	if v.port == 0 {
		v.port = 80
	}
	return v
}

// flow returns where the next connection comes from and goes to.
func (v *visitors) flow() director.Flow {
	f := director.Flow{Client: netip.AddrPortFrom(v.clients.draw(), v.nextPort)}
	if v.destinations != nil {
		f.To = netip.AddrPortFrom(v.destinations.draw(), v.port)
	}
	if v.nextPort++; v.nextPort > lastPort {
		v.nextPort = firstPort
	}
	return f
}

// more returns how many requests follow the first one, a geometric number.
func (v *visitors) more() int32 {
	if v.stay == 0 {
		return 0
	}
	return int32(min(1e9, exact.Log(v.visits.uniform())/exact.Log(v.stay)))
}
