package scenario

import (
	"net/netip"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
)

// mostAddresses bounds a set of addresses.
const mostAddresses = 1_000_000

// defaultClients are a thousand of equal zeal, in the service's family, who
// connect to one address, ask once per connection and wait ten seconds.
func (f *file) defaultClients() sim.Clients {
	from, to := "198.18.0.0/15", "203.0.113.1/32"
	if f.config.Service.ID.Family() == ipvs.IPv6 {
		from, to = "2001:db8:c::/48", "2001:db8::1/128"
	}
	c := sim.Clients{
		Addresses: sim.Addresses{Prefix: netip.MustParsePrefix(from), Count: 1000},
		Timeout:   10 * time.Second, Requests: 1,
	}
	if f.config.Service.ID.Mark != 0 {
		c.Destinations = sim.Addresses{Prefix: netip.MustParsePrefix(to), Count: 1}
	}
	return c
}

func (f *file) readClients(v yamlfile.Value) {
	c := &f.config.Clients
	v.Fields(fields{
		"addresses":    func(v yamlfile.Value) { f.readAddresses(v, &c.Addresses) },
		"destinations": func(v yamlfile.Value) { f.readDestinations(v, &c.Destinations) },
		"timeout":      func(v yamlfile.Value) { v.Duration(&c.Timeout, time.Millisecond, longestWait, 1) },
		"requests":     func(v yamlfile.Value) { v.Number(&c.Requests, 1, mostAddresses) },
		"think":        func(v yamlfile.Value) { v.Duration(&c.Think, 0, longestWait, 1) },
		"hold":         func(v yamlfile.Value) { v.Duration(&c.Hold, 0, longestWait, 1) },
	})
}

func (f *file) readDestinations(v yamlfile.Value, into *sim.Addresses) {
	if f.config.Service.ID.Mark == 0 {
		v.Problem("the service has one address; those of a firewall-mark service may be many")
	}
	f.readAddresses(v, into)
}

func (f *file) readAddresses(v yamlfile.Value, into *sim.Addresses) {
	count := uint32(into.Count)
	v.Fields(fields{
		"prefix": func(v yamlfile.Value) { readWord(v, &into.Prefix, f.parsePrefix) },
		"count":  func(v yamlfile.Value) { v.Integer(&count, 1, mostAddresses) },
		"skew":   func(v yamlfile.Value) { v.Number(&into.Skew, 0, 10) },
	})
	v.Require("count")
	into.Count = int(count)
	if !into.Prefix.IsValid() {
		v.Require("prefix")
		return
	}
	if room := into.Prefix.Addr().BitLen() - into.Prefix.Bits(); room < 31 && into.Count > 1<<room {
		v.Problem("%s has no %d addresses", into.Prefix, into.Count)
	}
}
