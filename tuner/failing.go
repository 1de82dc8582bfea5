package tuner

const (
	// mostErrors is the part of failed answers above which a server's latency
	// no longer counts: one that fails at once would look fast.
	mostErrors = 0.1
	// fewestErrors is how many answers must have failed for that.
	fewestErrors = 5
	// longWait is how many times as long as a server needs without load its
	// requests take where they fail for waiting: it has too many of them, or
	// hangs.
	longWait = 20
	// longAnswer is the same in seconds, as long as that is not known.
	longAnswer = 1
	// failingLatency is what a failing server is taken to need, in mean
	// latencies of the others.
	failingLatency = 2
)

// fails reports whether so many of the requests failed that it is no chance.
func fails(ratio, requests float64) bool {
	return ratio > mostErrors && ratio*requests >= fewestErrors
}

// penalize sets the latency of the failing servers, so that they lose share:
// to their own or twice the mean of the others, whichever is more. Where all
// fail, none is worse than another, and they are left out.
func penalize(servers []server) {
	total, weight := 0.0, 0.0
	for _, s := range servers {
		if s.measured && !s.failing {
			total, weight = total+float64(s.share*s.latency), weight+s.share
		}
	}
	for i := range servers {
		if s := &servers[i]; s.failing && weight > 0 {
			s.latency = max(s.latency, failingLatency*total/weight)
			s.variance = 0
			s.measured = true
		}
	}
}
