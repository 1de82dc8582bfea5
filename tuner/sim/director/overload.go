package director

// A real server with an upper threshold is overloaded from when its
// connections, active and inactive, reach that until they are fewer than the
// lower one, or than three quarters of the upper one where there is no lower.
// Connections by templates count too, so there may be more than the threshold.
//
// Kernels before the fix (overhead factor 256) look at each beginning and end
// of a connection or template (ip_vs_conn.c:ip_vs_bind_dest). Lowering the threshold below the connections that there
// are tells at the next of them, raising it clears the flag. Kernels since
// the fix look when the number passes a threshold and when one is edited
// (ip_vs_ctl.c:__ip_vs_dest_update_overload).

// bind counts a new connection.
func (s *Service) bind(server uint16) {
	s.gauges(server).total++
	s.began(server)
}

// unbind counts the end of an inactive connection.
func (s *Service) unbind(server uint16) {
	s.gauges(server).total--
	s.ended(server)
}

// began is the look at the beginning of a connection or a template.
func (s *Service) began(server uint16) {
	g, upper := s.gauges(server), s.known[server].thresholds.upper
	if upper != 0 && (g.total == upper || g.total > upper && !s.sinceFix()) {
		g.overloaded = true
	}
}

// ended is the look at the end of a connection or a template.
func (s *Service) ended(server uint16) {
	g, t := s.gauges(server), s.known[server].thresholds
	if s.sinceFix() && g.total == t.lowered()-1 || !s.sinceFix() && t.belowBeforeFix(g.total) {
		g.overloaded = false
	}
}

// setThresholds is the part of an edit that is about them.
func (s *Service) setThresholds(server uint16, t thresholds) {
	g, old := s.gauges(server), &s.known[server].thresholds
	if !s.sinceFix() {
		if t.upper == 0 || t.upper > old.upper {
			g.overloaded = false
		}
		*old = t
		return
	}
	if *old == t {
		return
	}
	*old = t
	switch {
	case t.upper == 0:
		g.overloaded = false
	case g.total >= t.upper:
		g.overloaded = true
	case g.total < t.lowered():
		g.overloaded = false
	}
}

func (s *Service) sinceFix() bool { return s.director.options.OverheadFactor == 257 }

// thresholds are those of a real server; 0 is none.
type thresholds struct{ upper, lower int32 }

// lowered is the number of connections below which a server is overloaded no
// more.
func (t thresholds) lowered() int32 {
	if t.lower != 0 {
		return t.lower
	}
	return t.upper - t.upper/4
}

// belowBeforeFix is lowered with the rounding of the older kernels, which
// clear the flag of a server without thresholds too.
func (t thresholds) belowBeforeFix(total int32) bool {
	switch {
	case t.lower != 0:
		return total < t.lower
	case t.upper != 0:
		return int64(total)*4 < int64(t.upper)*3
	}
	return true
}
