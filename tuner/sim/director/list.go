package director

import (
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
func (s *Service) Number(id ipvs.ServerID) int {
	return slices.IndexFunc(s.known, func(r server) bool { return r.config.ID == id })
}

// Server returns the settings of the real server with that number, deleted
// or not, without gauges and statistics.
func (s *Service) Server(number int) ipvs.RealServer { return s.known[number].config }

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
