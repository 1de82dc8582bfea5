package ipvs

// Edit says what to change of a real server; nil leaves a field as it is.
type Edit struct {
	Weight         *uint32 // 0 makes the server quiescent; at most 2³¹−1
	UpperThreshold *uint32 // 0 removes it
	LowerThreshold *uint32 // 0 derives it from the upper one
}

// Apply returns s with the edit's fields set.
func (e Edit) Apply(s RealServer) RealServer {
	if e.Weight != nil {
		s.Weight = *e.Weight
	}
	if e.UpperThreshold != nil {
		s.UpperThreshold = *e.UpperThreshold
	}
	if e.LowerThreshold != nil {
		s.LowerThreshold = *e.LowerThreshold
	}
	return s
}

// ServerEdit is an edit of one of a virtual service's real servers.
type ServerEdit struct {
	Server ServerID
	Edit   Edit
}

// Edited is what came of an edit.
type Edited struct {
	Written bool  // false where nothing differed, or nothing could be written
	Err     error // why it could not; an [*Error] that names the server
}
