package probe

import (
	"net/netip"
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sources/problems"
)

// watch replaces the servers. An address that several virtual services have is
// probed once for all of them.
func (p *Prober) watch(servers []tuner.Target, now time.Time) {
	p.servers = slices.SortedFunc(slices.Values(servers), tuner.Target.Compare)
	wanted := make(map[netip.AddrPort]bool)
	for _, t := range p.servers {
		address := p.address(t)
		wanted[address] = true
		if _, ok := p.subjects[address]; !ok && address.Port() != 0 {
			s := &subject{address: address, window: window{since: now}}
			p.subjects[address] = s
			p.wait(s, p.someTime(now))
		}
	}
	for address, s := range p.subjects {
		if !wanted[address] {
			s.gone = true // the queue or its probe finds out
			delete(p.subjects, address)
		}
	}
}

// address returns where a server is probed; its port is 0 where there is none.
func (p *Prober) address(t tuner.Target) netip.AddrPort {
	if p.config.Port != 0 {
		return netip.AddrPortFrom(t.Server.Addr(), uint16(p.config.Port))
	}
	return t.Server.AddrPort
}

// failing returns observations of the servers whose newest probes failed.
func (p *Prober) failing(now time.Time) []tuner.Observation {
	var observations []tuner.Observation
	for _, t := range p.servers {
		if s, ok := p.subjects[p.address(t)]; ok && s.window.fails() {
			if o, ok := s.window.observation(t, now); ok {
				observations = append(observations, o)
			}
		}
	}
	return observations
}

// observe returns the observations of the windows that end now, and what this
// host could not do.
func (p *Prober) observe(now time.Time) ([]tuner.Observation, error) {
	var observations []tuner.Observation
	for _, t := range p.servers {
		s, ok := p.subjects[p.address(t)]
		if !ok {
			p.problems.Add("%s has no port to probe; give the source one", t)
			continue
		}
		if o, ok := s.window.observation(t, now); ok {
			observations = append(observations, o)
		}
	}
	for _, s := range p.subjects {
		s.window = s.window.next(now)
	}
	err := p.problems.Err()
	p.problems = problems.List{}
	return observations, err
}
