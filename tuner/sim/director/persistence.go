package director

import "github.com/ipvs-autopilot/ipvs-autopilot/ipvs"

// openPersistent sends a connection where its client's template says. Only
// without one the scheduler is asked, and its choice becomes the template
// (ip_vs_core.c:ip_vs_sched_persist). Neither thresholds nor, unless the
// director is told so, weight 0 keep a template's clients away.
func (s *Service) openPersistent(k key) (Conn, Verdict) {
	d := s.director
	template := s.template(k)
	if template == 0 {
		at := s.scheduler.choose(s, k)
		if at < 0 {
			return Conn{}, Unreachable
		}
		template = s.addTemplate(k, s.scan[at].number)
	}
	c := s.enter(k, d.entries.list[template].server, template)
	d.rearm(template, d.entries.list[template].ring)
	return c, Forwarded
}

func (s *Service) addTemplate(k key, server uint16) number {
	n := s.director.add(s.templateKey(k), s, server, s.templates)
	s.director.entries.list[n].template = true
	s.known[server].persistent++
	s.began(server)
	return n
}

// template returns the template of a connection's client. One whose real
// server is gone is found no more (ip_vs_conn.c:ip_vs_check_template).
func (s *Service) template(k key) number {
	d := s.director
	n := d.entries.find(s.templateKey(k))
	if n == 0 {
		return 0
	}
	server := d.entries.list[n].server
	quiescent := d.options.ExpireQuiescentTemplate && s.gauges(server).weight == 0
	if !s.available(server) || quiescent {
		d.entries.hide(n)
		return 0
	}
	return n
}

// templateKey is what the templates of a connection's client are found by.
func (s *Service) templateKey(k key) key {
	const ftp = 21 // its data come to other ports
	t := key{client: s.groupOf(k.client), protocol: k.protocol}
	switch {
	case s.id.Mark != 0:
		t.protocol, t.to = 0, markAddress(s.id.Mark)
	case k.toPort == s.own.port && k.toPort != ftp:
		t.to, t.toPort = k.to, k.toPort
	default:
		t.to = k.to
	}
	return t
}

// groupOf returns the address that stands for all clients of one group.
func (s *Service) groupOf(client address) address {
	if s.group == (ipvs.Netmask{}) {
		return client
	}
	return addressOf(s.group.Group(client.addr()))
}

// markAddress stands for a firewall mark in templates.
func markAddress(mark uint32) address { return address{low: 0xffff<<32 | uint64(mark)} }
