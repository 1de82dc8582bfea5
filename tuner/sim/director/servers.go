package director

import (
	"errors"
	"math"
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// server is what is known of a real server beside its gauges.
type server struct {
	config      ipvs.RealServer // without gauges and statistics
	thresholds  thresholds
	at          int   // where in scan
	lastWeight  int32 // the last but 0
	persistent  int   // templates
	connections counter
	idleSince   time.Duration // of a deleted one
}

// forgotten is how long a deleted real server is remembered once its last
// connection is gone. The kernel's look is every 60 s, so there it is up to
// two minutes more (ip_vs_ctl.c:ip_vs_dest_trash_expire).
const forgotten = 120 * time.Second

// AddServer adds a real server at the head of the list. One that was deleted
// and is still remembered takes up the connections that it had.
func (s *Service) AddServer(now time.Duration, r ipvs.RealServer) error {
	s.director.Expire(now)
	if err := s.add(r); err != nil {
		return &ipvs.Error{Op: "add", Service: s.id, Server: r.ID, Err: err}
	}
	return nil
}

func (s *Service) add(r ipvs.RealServer) error {
	n := s.numberOf(r.ID)
	if err := check(r); err != nil {
		return err
	}
	switch {
	case n < 0 && len(s.known) > math.MaxUint16:
		return errors.New("there are too many real servers")
	case n < 0:
		n = len(s.known)
		s.known = append(s.known, server{})
		s.scan = append(s.scan, gauges{number: uint16(n)})
		s.known[n].at = n
	case s.available(uint16(n)):
		return errExists
	default:
		s.remember(n)
	}
	s.move(s.known[n].at, 0)
	s.listed++
	s.set(n, r)
	s.known[n].lastWeight = int32(r.Weight)
	s.scheduler.added(s)
	return nil
}

// remember takes up a deleted real server, which starts from nothing if it
// was forgotten.
func (s *Service) remember(n int) {
	r := &s.known[n]
	g := &s.scan[r.at]
	if g.total == 0 && r.persistent == 0 && s.director.now-r.idleSince >= forgotten {
		*r = server{at: r.at}
		*g = gauges{number: g.number}
	}
}

// DeleteServer deletes a real server. Its connections stay in the table, but
// their packets are dropped; with [Options.ExpireNodest] they end.
func (s *Service) DeleteServer(now time.Duration, id ipvs.ServerID) error {
	s.director.Expire(now)
	n := s.numberOf(id)
	if n < 0 || !s.available(uint16(n)) {
		return &ipvs.Error{Op: "delete", Service: s.id, Server: id, Err: ipvs.ErrNoServer}
	}
	at := s.known[n].at
	s.move(at, s.listed-1)
	s.listed--
	s.known[n].idleSince = now
	s.scheduler.deleted(s, at)
	if s.director.options.ExpireNodest {
		s.director.endAll(s.place, uint16(n))
	}
	return nil
}

// EditServer changes a real server as the kernel client does, which writes
// nothing if nothing differs. A write makes some schedulers start anew.
func (s *Service) EditServer(now time.Duration, id ipvs.ServerID, edit ipvs.Edit) (written bool, err error) {
	s.director.Expire(now)
	written, err = s.edit(id, edit)
	if err != nil {
		return false, &ipvs.Error{Op: "edit", Service: s.id, Server: id, Err: err}
	}
	return written, nil
}

func (s *Service) edit(id ipvs.ServerID, edit ipvs.Edit) (bool, error) {
	n := s.numberOf(id)
	if n < 0 || !s.available(uint16(n)) {
		return false, ipvs.ErrNoServer
	}
	edited := edit.Apply(s.known[n].config)
	if edited == s.known[n].config {
		return false, nil
	}
	if err := check(edited); err != nil {
		return false, err
	}
	s.set(n, edited)
	if edited.Weight != 0 {
		s.known[n].lastWeight = int32(edited.Weight)
	}
	s.scheduler.edited(s)
	return true, nil
}

func check(r ipvs.RealServer) error {
	switch {
	case max(r.Weight, r.UpperThreshold, r.LowerThreshold) > math.MaxInt32:
		return errors.New("the value is over 2147483647")
	case r.LowerThreshold > r.UpperThreshold:
		return errors.New("the lower threshold is over the upper one")
	}
	return nil
}

// set writes a real server's settings.
func (s *Service) set(n int, r ipvs.RealServer) {
	s.known[n].config = ipvs.RealServer{
		ID: r.ID, Forward: r.Forward, Tunnel: r.Tunnel, Weight: r.Weight,
		UpperThreshold: r.UpperThreshold, LowerThreshold: r.LowerThreshold,
	}
	s.gauges(uint16(n)).weight = int32(r.Weight)
	s.setThresholds(uint16(n), thresholds{int32(r.UpperThreshold), int32(r.LowerThreshold)})
}

// move puts a server from one place of the list to another.
func (s *Service) move(from, to int) {
	moved := s.scan[from]
	s.scan = slices.Insert(slices.Delete(s.scan, from, from+1), to, moved)
	for at := range s.scan {
		s.known[s.scan[at].number].at = at
	}
}

// Number returns the number of a real server, by which [Conn] names it; -1 if
// there was never such a server. Numbers count from 0 in the order in which
// servers were added, and stay.
func (s *Service) Number(id ipvs.ServerID) int { return s.numberOf(id) }

// Server returns the settings of the real server with that number, deleted
// or not, without gauges and statistics.
func (s *Service) Server(number int) ipvs.RealServer { return s.known[number].config }

func (s *Service) numberOf(id ipvs.ServerID) int {
	return slices.IndexFunc(s.known, func(r server) bool { return r.config.ID == id })
}

func (s *Service) gauges(server uint16) *gauges { return &s.scan[s.known[server].at] }

// available reports whether a server is listed.
func (s *Service) available(server uint16) bool { return s.known[server].at < s.listed }

// activate counts a connection that became active, or inactive.
func (s *Service) activate(server uint16, active bool) {
	if active {
		s.gauges(server).active++
	} else {
		s.gauges(server).active--
	}
}

// idle notes when a deleted server lost its last connection.
func (s *Service) idle(server uint16) {
	if !s.available(server) {
		s.known[server].idleSince = s.director.now
	}
}

// endAll ends the connections to a server, and then their templates.
func (d *Director) endAll(service, server uint16) {
	for _, templates := range []bool{false, true} {
		for n := range d.entries.list {
			e := &d.entries.list[n]
			if e.open && e.template == templates && e.service == service && e.server == server {
				d.end(number(n))
			}
		}
	}
}
