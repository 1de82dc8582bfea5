package director

import (
	"errors"
	"fmt"
)

// scheduler chooses a real server for each new connection.
type scheduler interface {
	// choose returns a place among the service's listed servers, -1 for none.
	choose(*Service, key) int
	added(*Service)             // a server, at place 0
	deleted(s *Service, at int) // the server that was there
	edited(*Service)            // some server
}

// newScheduler returns the one of that name, for a service without servers.
func (d *Director) newScheduler(name string) (scheduler, error) {
	switch name {
	case "rr":
		return &rr{last: -1}, nil
	case "wrr":
		return &wrr{last: -1, step: 1}, nil
	case "lc":
		return lc{}, nil
	case "wlc":
		return wlc{}, nil
	case "sed":
		return sed{}, nil
	case "nq":
		return nq{}, nil
	case "fo":
		return fo{}, nil
	case "ovf":
		return ovf{}, nil
	case "dh":
		return &dh{}, nil
	case "sh":
		return &sh{}, nil
	case "mh":
		return &mh{}, nil
	case "lblc":
		return &lblc{servers: newAddressCache[uint16](d.now)}, nil
	case "lblcr":
		return &lblcr{sets: newAddressCache[serverSet](d.now)}, nil
	case "twos":
		if d.options.Random == nil {
			return nil, errors.New("the scheduler twos needs a source of randomness")
		}
		return twos{random: d.options.Random}, nil
	}
	return nil, fmt.Errorf("there is no scheduler %q", name)
}

// eligible are the servers that may get a new connection at all.
func (g *gauges) eligible() bool { return g.weight > 0 && !g.overloaded }

// unchanging is for schedulers without a memory of the list.
type unchanging struct{}

func (unchanging) added(*Service)        {}
func (unchanging) deleted(*Service, int) {}
func (unchanging) edited(*Service)       {}
