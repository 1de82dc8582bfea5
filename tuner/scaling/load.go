package scaling

import "math"

// Load is what was seen of a virtual service in a window.
type Load struct {
	RequestsPerSecond float64  // that came
	StandardError     float64  // of it, in requests per second; 0 is none
	Servers           []Server // the available ones
}

// Server is the capacity of an available real server.
type Server struct {
	RequestsPerSecond float64 // 0 is not known
	RelativeError     float64 // standard error as a part of it
}

// mostError is the relative standard error from which on a capacity counts as
// unknown: twice that either way is anything from nothing to twice as much.
const mostError = 0.5

func (s Server) known() bool {
	return s.RequestsPerSecond > 0 && s.RequestsPerSecond < math.Inf(1) && s.RelativeError >= 0 && s.RelativeError < mostError
}

// capacity returns the requests per second that all servers bear together, its
// relative standard error, and whether they are known: those of half of the
// servers have to be, and the others count as the mean of these.
func (l Load) capacity() (perSecond, relativeError float64, ok bool) {
	known, sum, squares := 0, 0.0, 0.0
	for _, s := range l.Servers {
		if !s.known() {
			continue
		}
		known++
		sum += s.RequestsPerSecond
		e := float64(s.RequestsPerSecond * s.RelativeError)
		squares += float64(e * e)
	}
	if known == 0 || 2*known < len(l.Servers) {
		return 0, 0, false
	}
	return float64(sum*float64(len(l.Servers))) / float64(known), math.Sqrt(squares) / sum, true
}

// sound reports whether the demand can be one.
func (l Load) sound() bool {
	return l.RequestsPerSecond >= 0 && l.RequestsPerSecond < math.Inf(1) && l.StandardError >= 0 && l.StandardError < math.Inf(1)
}
