package sharing

// Traffic is what the connections of a virtual service are like, in a steady
// state. Schedulers that count no connections (wrr, mh, sh) need none of it.
type Traffic struct {
	Rate   float64 // new connections per second, to all servers together
	Factor float64 // what the kernel multiplies active connections by: the director's overhead factor

	// Active are the seconds for which a connection to each server counts as
	// active, 0 under UDP; Inactive those for which it counts as inactive
	// afterwards, as 120 in TIME_WAIT.
	Active, Inactive []float64

	// Held are inactive connections that each server has besides, of those that
	// came before: for what weights bring in a period and not in the end, under
	// wlc, lblc, lblcr and twos. Nil is none.
	Held []float64
}

// overhead returns the mean overhead of a server for each connection per
// second that it gets (include/net/ip_vs.h:ip_vs_dest_conn_overhead).
func (t *Traffic) overhead(server int) float64 {
	return max(briefest, float64(t.Factor*t.Active[server])+t.Inactive[server])
}

// heldBy returns the inactive connections that a server has besides.
func (t *Traffic) heldBy(server int) float64 {
	if t.Held == nil {
		return 0
	}
	return t.Held[server]
}

// active returns how long a connection is active, as a divisor.
func (t *Traffic) active(server int) float64 { return max(briefest, t.Active[server]) }

// briefest is what a connection lasts at least, in seconds.
const briefest = 1e-9

// sane reports whether all values are numbers from 0 to an absurd one.
func sane(values ...float64) bool {
	const absurd = 1e12
	for _, v := range values {
		if !(v >= 0 && v <= absurd) {
			return false
		}
	}
	return true
}

func (t *Traffic) sane() bool {
	return sane(t.Rate, t.Factor) && sane(t.Active...) && sane(t.Inactive...)
}
