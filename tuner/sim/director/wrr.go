package director

// wrr is weighted round robin (net/netfilter/ipvs/ip_vs_wrr.c). It goes round
// and round the servers, and each time round takes those whose weight is at
// least a current one, which starts at the largest weight and falls by the
// greatest common divisor of all.
type wrr struct {
	last    int   // place of the last one chosen; -1 is before the first
	current int32 // weight that is enough
	largest int32 // weight less the step, plus 1; 0 with no weight but 0
	step    int32 // the common divisor; 1 without weights
}

func (w *wrr) choose(s *Service, _ key) int {
	if w.largest == 0 {
		return -1
	}
	start, until := w.last, s.listed // until is where to give up, once known
	lastRound, again := false, false
	for at := start; ; at = -1 {
		for at++; at < s.listed; at++ {
			if g := &s.scan[at]; g.weight >= w.current && !g.overloaded {
				w.last = at
				return at
			}
			if at == until {
				w.last = at
				return -1
			}
		}
		w.current -= w.step
		if w.current <= 0 {
			w.current = w.largest
			if lastRound || start == -1 {
				w.last = -1
				return -1
			}
			again = true
		}
		lastRound = w.current <= w.step
		if lastRound && again && start != -1 {
			until = start
		}
	}
}

func (w *wrr) added(s *Service)          { w.restart(s) }
func (w *wrr) deleted(s *Service, _ int) { w.restart(s) }
func (w *wrr) edited(s *Service)         { w.restart(s) }

// restart goes back to the head of the list. The current weight stays if it
// can, brought to one that the new steps come by.
func (w *wrr) restart(s *Service) {
	w.last = -1
	heaviest := int32(0)
	divisor := int32(0)
	for at := range s.listed {
		divisor = gcd(divisor, s.scan[at].weight)
		heaviest = max(heaviest, s.scan[at].weight)
	}
	w.step = max(divisor, 1)
	w.largest = heaviest - (w.step - 1)
	switch {
	case w.current > w.largest || w.current == 0:
		w.current = w.largest
	case w.step > 1:
		w.current = w.current/w.step*w.step + 1
	}
}

func gcd(a, b int32) int32 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
