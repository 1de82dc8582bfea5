package capacity

import "math"

const (
	// memory is for how long a queue remembers what came, in 1/(1-p)² of the time
	// that a request takes all workers: what fits simulated queues best.
	memory = 0.6
	// steepest is how much of the other waiting that of runs may be before it fades:
	// of more, a higher load would pass for a lower one. Such runs are so long
	// that as many wait as the server is ahead.
	steepest = 6
)

// InRuns is the flow of requests of which a server is dealt every n-th, n being
// 1/share, but for runs: within a cycle of the dealing its share has a variance
// of bunch, and how many it is ahead one of ahead (sharing.Deal). Their number
// varies by the share of what chance does, as that of Dealt, and by the runs:
// where a queue remembers less than one run as the share does, and where it
// remembers many as the number that it is ahead.
func InRuns(share, bunch, ahead float64) Flow {
	f := Dealt(share)
	if bunch > 0 && ahead > 0 {
		per := memory / share
		f.Swing = float64(per*bunch) / share
		f.Fading = float64(per*per*bunch) / ahead
		if most := float64(steepest * f.Waiting); float64(f.Swing*f.Swing) > float64(most*most*f.Fading) {
			f.Fading, f.Lasting = 0, f.Swing/math.Sqrt(ahead)
		}
	}
	return f
}

// swings returns what runs add to the waiting, as a part of that of requests
// that come by chance, and by how much that grows with the busy fraction.
func (f *Flow) swings(busy float64) (part, growth float64) {
	per := 1 / (1 - busy)
	x := float64(busy * per * per)
	fading, lasting := float64(f.Fading*x*x), float64(f.Lasting*x*math.Sqrt(x))
	faded := 1 / (1 + fading + lasting)
	part = float64(f.Swing * x * faded)
	return part, float64(f.Swing * (1 - fading - float64(lasting/2)) * faded * faded * (1 + busy) * per * per * per)
}
