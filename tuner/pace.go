package tuner

const (
	// leastPace is what the pace does not fall below.
	leastPace = 0.15
	// paceBack and paceOn are what it is multiplied by where a deviation has
	// turned round, and where it has not.
	paceBack = 0.5
	paceOn   = 1.1
)

// pace is how boldly a server's share is moved. Near saturation a small change
// of load changes the latency so much that a full step goes too far, and the
// next one back: a deviation that turns round slows the server's steps down,
// one that stays speeds them up again. The zero pace is full.
type pace struct {
	Factor float64 `json:"factor"` // of a full step, from leastPace to 1; 0 is 1
	Slower bool    `json:"slower"` // the last deviation was above 0
}

// after returns the pace that follows a deviation; 0 changes nothing.
func (p pace) after(deviation float64) pace {
	slower := deviation > 0
	switch {
	case deviation == 0:
		return p
	case p.Factor == 0:
		p.Factor = 1
	case slower != p.Slower:
		p.Factor = max(leastPace, paceBack*p.Factor)
	default:
		p.Factor = min(1, paceOn*p.Factor)
	}
	p.Slower = slower
	return p
}

// step returns the part of a full step that is made.
func (p pace) step() float64 {
	if p.Factor == 0 {
		return 1
	}
	return p.Factor
}
