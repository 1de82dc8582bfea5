package tuner

import "math"

// due returns the weights that the servers would have if none failed: of those
// that were relieved what they had before the tuner, on the scale of the others,
// and a part of it as long as nothing is known of them.
func (f *fleet) due(known *serviceState) []float64 {
	stand, before := 0.0, 0.0
	for i := range f.servers {
		if s := &f.servers[i]; !known.Servers[i].Relieved {
			stand, before = stand+float64(s.Weight), before+f.start.weight(s.RealServer)
		}
	}
	scale := 1.0
	if before > 0 {
		scale = stand / before
	}
	due := make([]float64, len(f.servers))
	for i := range f.servers {
		s := &f.servers[i]
		switch due[i] = float64(s.Weight); {
		case !known.Servers[i].Relieved:
		case s.joined && !s.failing:
			due[i] = float64(joinersPart*scale) * f.start.weight(s.RealServer)
		default:
			due[i] = scale * f.start.weight(s.RealServer)
		}
	}
	return due
}

// astray returns the servers that fail and get many sessions, and those that are
// well again and get few.
func (f *fleet) astray(known *serviceState, due []float64) (lost, back []string) {
	shares := inSum1(due)
	for i := range f.servers {
		switch s := &f.servers[i]; {
		case s.failing && s.share > 2*fewSessions:
			lost = append(lost, s.ID.String())
		case s.failing || !known.Servers[i].Relieved:
		case s.share < shares[i]/2:
			back = append(back, s.ID.String())
		case !s.joined:
			known.Servers[i].Relieved = false
		}
	}
	return lost, back
}

// relieving returns the weights that are due, or else those from before the
// tuner, where these are in proportion and none fails. Servers that fail get the
// least weight, and the others a multiple by which that is little enough: the
// largest one where connections are compared, of which a server that fails has
// few, as if it were fast.
func (f *fleet) relieving(due []float64) []uint32 {
	others, largest, before := 0.0, 0.0, make([]float64, len(due))
	for i := range f.servers {
		s := &f.servers[i]
		before[i] = f.start.weight(s.RealServer)
		if !s.failing {
			others, largest = others+due[i], max(largest, due[i])
		}
	}
	multiple := 1.0
	switch failing := others < sum(due); {
	case failing:
		multiple = math.Floor(float64(f.limits.Max) / largest)
		if f.uncounted() {
			multiple = min(multiple, math.Ceil(float64(f.limits.Min)/float64(fewSessions*others)))
		}
		multiple = max(1, multiple)
	case inProportion(due, before):
		due = before
	}
	weights := make([]uint32, len(due))
	for i := range f.servers {
		if weights[i] = f.limits.Min; !f.servers[i].failing {
			weights[i] = uint32(min(max(math.Round(multiple*due[i]), float64(f.limits.Min)), float64(f.limits.Max)))
		}
	}
	return weights
}

func inProportion(a, b []float64) bool {
	a, b = inSum1(a), inSum1(b)
	for i := range a {
		if math.Abs(a[i]-b[i]) > 1e-9 {
			return false
		}
	}
	return true
}
