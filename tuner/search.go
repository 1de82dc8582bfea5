package tuner

// search is what the last search for weights found.
type search struct {
	// Reach is how many requests the best weights left present, over what the
	// best shares would if the requests came by chance; 0 is not known.
	Reach float64 `json:"reach,omitempty"`
	Past  int     `json:"past,omitempty"` // steps since
}

// needless reports whether a search would hardly find what is worth a write,
// given the requests that are present and the ideal: as long as the best weights
// are as far from that as they were. Once in a horizon it is seen whether they
// are.
func (s *search) needless(present, ideal float64) bool {
	s.Past++
	return s.Reach > 0 && s.Past < horizon && present-float64(s.Reach*ideal) <= float64(leastGain*present)
}

// steady reports whether it is known of all servers what they bear.
func (f *fleet) steady() bool {
	for i := range f.servers {
		if s := &f.servers[i]; !s.bears() || s.joined {
			return false
		}
	}
	return true
}
