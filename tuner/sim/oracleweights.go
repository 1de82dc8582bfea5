package sim

import "slices"

// demand is what the oracle knows besides its servers.
type demand struct {
	connections float64 // per second
	requests    float64 // per connection
	idle        float64 // seconds that a connection is open without a request
	closed      float64 // seconds that the director keeps a closed connection
	factor      float64 // what wlc multiplies active connections by, over inactive ones
	eject       bool    // a server that fails may have weight 0
}

// usable returns the weights with 1 in place of each 0 that no policy may
// write: of a server that works, and unless failing ones may be ejected, of
// any.
func (d *demand) usable(weights []uint32, models []model) []uint32 {
	for i, m := range models {
		if !d.eject || m.failed() == 0 {
			weights[i] = max(1, weights[i])
		}
	}
	return weights
}

// weightsFor returns the weights by which a scheduler gives the servers their
// shares of connections; nil for wrr, see dealtWeights, and for a scheduler
// that does not share by weight. A server gets 0 only if its share is 0, and it
// may have that.
func weightsFor(scheduler string, models []model, shares []float64, d demand) []uint32 {
	switch scheduler {
	case "wlc", "lblc", "lblcr":
		return d.usable(scaled(loads(models, shares, d, func(rate, active float64) float64 {
			return float64(rate * (float64(d.factor*active) + d.closed))
		}), 1000), models)
	case "sed", "nq":
		return d.usable(scaled(loads(models, shares, d, func(rate, active float64) float64 {
			return float64(rate*active) + 1
		}), 1000), models)
	case "twos":
		return d.usable(scaled(shares, 100), models) // it multiplies weights and connections in 32 bits
	case "mh":
		return aboveZero(scaled(shares, 63)) // it keeps six bits of a weight
	case "sh":
		return bucketWeights(shares)
	}
	return nil
}

// loads returns what the weights are to be in proportion to, of connections
// that come at a rate and are active for some seconds each.
func loads(models []model, shares []float64, d demand, load func(rate, active float64) float64) []float64 {
	parts := make([]float64, len(shares))
	for i, s := range shares {
		if s == 0 {
			continue
		}
		rate := float64(s * d.connections)
		requests := min(float64(rate*d.requests), float64(mostLoad*models[i].capacity()))
		parts[i] = load(rate, float64(d.requests*models[i].latency(requests))+d.idle)
	}
	return parts
}

// scaled returns integers in proportion to the parts, the largest as given; a
// part above 0 gives at least 1.
func scaled(parts []float64, largest uint32) []uint32 {
	weights := make([]uint32, len(parts))
	top := slices.Max(parts)
	for i, p := range parts {
		if p > 0 {
			weights[i] = max(1, uint32(float64(p/top*float64(largest))+0.5))
		}
	}
	return weights
}

// aboveZero raises zeros to 1: schedulers that hash keep the clients of a
// server of weight 0 and send them nowhere.
func aboveZero(weights []uint32) []uint32 {
	for i := range weights {
		weights[i] = max(1, weights[i])
	}
	return weights
}

// bucketWeights returns the weights for sh: the largest sum up to its 256
// buckets.
func bucketWeights(shares []float64) []uint32 {
	weights := make([]uint32, len(shares))
	for sum := 256.0; sum > 0; sum-- {
		total := uint32(0)
		for i, s := range shares {
			weights[i] = max(1, uint32(float64(s*sum)+0.5))
			total += weights[i]
		}
		if total <= 256 {
			break
		}
	}
	return weights
}
