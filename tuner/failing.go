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
)

// fails reports whether so many of the requests failed that it is no chance.
func fails(ratio, requests float64) bool {
	return ratio > mostErrors && ratio*requests >= fewestErrors
}
