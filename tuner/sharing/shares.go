package sharing

// Shares returns the share of new connections that each weight brings in a
// steady state; of clients, which are taken for equally busy, under sh and mh.
// They add up to 1 unless all weights are 0. It is nil for schedulers that do
// not share by weight, and for traffic that cannot be: below 0, endless.
//
//	wrr             in proportion to the weights
//	sh, mh          the slots of their tables, see dealt
//	wlc, lblc       equal overhead by weight, see counted.shares
//	lblcr           the same
//	sed, nq         equal active connections by weight, the new one included
//	twos            two draws by weight, the lesser overhead of them
//
// lblc and lblcr do so for each destination address that is new to them.
func Shares(scheduler string, weights []uint32, t *Traffic) []float64 {
	return new(Search).Shares(scheduler, weights, t)
}

// Weights returns real-valued weights that bring the shares, in proportion
// only: they add up to 1. A share of 0 has weight 0. It is nil as Shares is.
func Weights(scheduler string, shares []float64, t *Traffic) []float64 {
	m, ok := modelOf(scheduler, t, nil)
	if !ok {
		return nil
	}
	weights := make([]float64, len(shares))
	m.weights(shares, weights)
	return weights
}

// model is one scheduler's way from weights to shares, and back.
type model interface {
	shares(weights []uint32, into []float64)
	weights(shares, into []float64)
}

// modelOf returns the model of a scheduler, which may take up the room.
func modelOf(scheduler string, t *Traffic, room []float64) (model, bool) {
	switch scheduler {
	case "wrr":
		return proportional{}, true
	case "sh":
		return shTable{}, true
	case "mh":
		return mhTable{}, true
	}
	if !t.sane() {
		return nil, false
	}
	switch scheduler {
	case "wlc", "lblc", "lblcr":
		return leastOverhead(t, room), true
	case "sed":
		return leastActive(t, room), true
	case "nq":
		return neverQueue(t, room), true
	case "twos":
		if t.Held != nil {
			return leastOverhead(t, room), true // what leads weights keeps all servers at one level
		}
		return newTwos(t), true
	}
	return nil, false
}

// proportional is wrr.
type proportional struct{}

func (proportional) shares(weights []uint32, into []float64) {
	for i, w := range weights {
		into[i] = float64(w)
	}
	normalise(into)
}

func (proportional) weights(shares, into []float64) {
	copy(into, shares)
	normalise(into)
}

// normalise scales parts to a sum of 1, unless all are 0.
func normalise(parts []float64) {
	sum := sumOf(parts)
	if sum == 0 {
		return
	}
	scale := 1 / sum
	for i := range parts {
		parts[i] *= scale
	}
}

func sumOf(values []float64) (sum float64) {
	for _, v := range values {
		sum += v
	}
	return sum
}
