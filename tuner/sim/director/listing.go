package director

import (
	"net/netip"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Entry is a line of the connection table, as ipvsadm -L -c prints it up to Linux 7.0.
type Entry struct {
	Protocol ipvs.Protocol // 0 in a template of a firewall mark
	Client   netip.AddrPort
	To       netip.AddrPort // a template's has port 65535 when it is used no more, and a firewall mark's the mark for address
	Server   ipvs.ServerID
	Template bool
	State    string        // the kernel's word in lower case; "" for a template
	Expires  time.Duration // from now
}

// Connections returns the connection table, in no order that means anything.
func (d *Director) Connections(now time.Duration) []Entry {
	d.Expire(now)
	var list []Entry
	for i := range d.entries.list {
		if e := &d.entries.list[i]; e.open {
			list = append(list, d.listing(e))
		}
	}
	return list
}

func (d *Director) listing(e *entry) Entry {
	listed := Entry{
		Protocol: e.key.protocol,
		Client:   netip.AddrPortFrom(e.key.client.addr(), e.key.clientPort),
		To:       netip.AddrPortFrom(e.key.to.addr(), e.key.toPort),
		Server:   d.services[e.service].known[e.server].config.ID,
		Template: e.template,
		Expires:  e.deadline - d.now,
	}
	switch {
	case e.template && !e.hashed:
		listed.To = netip.AddrPortFrom(listed.To.Addr(), 65535)
	case !e.template:
		listed.State = d.machineOf(e.key.protocol).names[e.state]
	}
	return listed
}
