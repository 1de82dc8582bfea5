package director

import (
	"errors"
	"math"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

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
	n := s.Number(r.ID)
	switch {
	case n < 0 && len(s.known) > math.MaxUint16:
		return errors.New("there are too many real servers")
	case n >= 0 && s.available(uint16(n)):
		return errExists
	}
	if err := r.Check(); err != nil {
		return err
	}
	if n < 0 {
		n = s.know()
	} else {
		s.remember(n)
	}
	s.move(s.known[n].at, 0)
	s.listed++
	s.set(n, r)
	s.known[n].lastWeight = int32(r.Weight)
	s.scheduler.added(s)
	return nil
}

// know gives a number to a real server that was never there before.
func (s *Service) know() int {
	n := len(s.known)
	s.known = append(s.known, server{at: n})
	s.scan = append(s.scan, gauges{number: uint16(n)})
	return n
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
	n := s.Number(id)
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
	n := s.Number(id)
	if n < 0 || !s.available(uint16(n)) {
		return false, ipvs.ErrNoServer
	}
	edited, err := edit.Apply(s.known[n].config)
	if err != nil || edited == s.known[n].config {
		return false, err
	}
	s.set(n, edited)
	if edited.Weight != 0 {
		s.known[n].lastWeight = int32(edited.Weight)
	}
	s.scheduler.edited(s)
	return true, nil
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
