package tuner

import "math"

const (
	// mostErrors is the part of failed answers above which a server's latency
	// no longer counts: one that fails at once would look fast.
	mostErrors = 0.1
	// usualErrors is the part of answers that fail at a server that is well,
	// and mostChance how probable it must be at most that such a one fails as
	// many as were seen, for it to be taken as failing: two of two, three of
	// ten.
	usualErrors = 0.02
	mostChance  = 1e-3
	// longWait is how many times as long as a server needs without load its
	// requests take where they fail for waiting: it has too many of them, or
	// hangs.
	longWait = 20
	// longAnswer is the same in seconds, as long as that is not known.
	longAnswer = 1
)

// fails reports whether so many of the requests failed that it is no chance.
func fails(ratio, requests float64) bool {
	failed := math.Round(ratio * requests)
	return ratio > mostErrors && byChance(failed, math.Round(requests)) < mostChance
}

// byChance returns how probable it is that at least so many of the requests of
// a server that is well fail (the tail of a binomial distribution); 0 where
// that is beyond what is asked for.
func byChance(failed, requests float64) float64 {
	const beyond = 30 // of at most ten times as many requests: below 1e-10
	if failed > beyond {
		return 0
	}
	odds := usualErrors / (1 - usualErrors)
	exactly, fewer := 1.0, 0.0 // so many fail, and fewer
	for range int(requests) {
		exactly *= 1 - usualErrors
	}
	for n := 0.0; n < failed; n++ {
		fewer += exactly
		exactly *= float64((requests-n)/(n+1)) * odds
	}
	return 1 - fewer
}
