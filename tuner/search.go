package tuner

// search is what the last search for weights found.
type search struct {
	// Reach is how many requests the best weights left present, over what the
	// best shares would if the requests came by chance; 0 is not known.
	Reach float64 `json:"reach,omitempty"`
	Past  int     `json:"past,omitempty"` // steps since
}

// expects returns the gain that a search would find, as a part of the requests
// that are present, if the best weights are as far from the ideal as they were;
// once in a horizon that is to be seen again.
func (s search) expects(present, ideal float64) (gain float64, ok bool) {
	return (present - float64(s.Reach*ideal)) / present, s.Reach > 0 && s.Past < horizon
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
