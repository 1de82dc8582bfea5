package tuner

// SharesOf returns the share of new connections that wrr gives each weight.
func SharesOf(weights []uint32) []float64 {
	sum := 0.0
	for _, w := range weights {
		sum += float64(w)
	}
	shares := make([]float64, len(weights))
	for i, w := range weights {
		if w > 0 {
			shares[i] = float64(w) / sum
		}
	}
	return shares
}
