package sim

import "time"

// polyline is a curve, linear between its points, that begins again after
// repeat; 0 is never.
type polyline struct {
	points []Point
	repeat time.Duration
}

// line returns the surge as a factor on the rate.
func (s Surge) line() polyline {
	top := s.At + s.Rise + s.Last
	return polyline{points: []Point{{s.At, 1}, {s.At + s.Rise, s.Factor}, {top, s.Factor}, {top + s.Fall, 1}}}
}

// piece is a straight part of a curve: the value is from at begin and goes to
// to at end.
type piece struct {
	begin, end time.Duration // end is forever where it is constant for good
	from, to   float64
}

// pieceAt returns the part that holds from now on, which is after or at begin.
func (p polyline) pieceAt(now time.Duration) piece {
	var offset time.Duration
	end := forever
	if p.repeat > 0 {
		offset = now - now%p.repeat
		end = offset + p.repeat
	}
	next := 0
	for next < len(p.points) && p.points[next].At <= now-offset {
		next++
	}
	switch {
	case next == len(p.points):
		last := p.points[next-1].PerSecond
		return piece{now, end, last, last}
	case next == 0:
		first := p.points[0]
		return piece{now, offset + first.At, first.PerSecond, first.PerSecond}
	}
	a, b := p.points[next-1], p.points[next]
	return piece{offset + a.At, offset + b.At, a.PerSecond, b.PerSecond}
}

// at returns the value at an instant of the piece.
func (p piece) at(t time.Duration) float64 {
	if p.from == p.to {
		return p.from
	}
	part := float64(t-p.begin) / float64(p.end-p.begin)
	return p.from + float64((p.to-p.from)*part)
}
