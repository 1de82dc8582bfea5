package sharing

// Evenness returns how evenly wrr deals each server its connections:
// (1 + the squared coefficient of variation of the times between them)/2, by
// which waiting is in proportion to that of connections that come by chance
// (Kingman). Those of the service come by chance. It is 1/2 + 1/2n for n equal
// weights; a server that gets them in runs may have more than 1. What runs as
// such make wait is not in it, see Runs.
func Evenness(weights []uint32) []float64 {
	c := cycleOf(weights, 1)
	evenness := make([]float64, len(weights))
	squares, n := 0.0, float64(len(c.heaviestFirst))
	for k := len(c.heaviestFirst) - 1; k >= 0; k-- {
		gap := float64(k + 1)
		squares += float64((c.got[k+1] - c.got[k]) * gap * gap)
		// One gap goes over the end of the cycle and the phases before the
		// server's first.
		long := n + c.begins[k]
		count := c.got[len(c.got)-1] - c.got[k]
		mean := c.ends / count
		square := (squares - float64(n*n) + float64(long*long)) / count
		variation := (mean + square - float64(mean*mean)) / float64(mean*mean)
		evenness[c.heaviestFirst[k]] = variation
	}
	return evenness
}
