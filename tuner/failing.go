package tuner

const (
	// mostErrors is the part of failed answers above which a server's latency
	// no longer counts: one that fails at once would look fast.
	mostErrors = 0.1
	// fewestErrors is how many answers must have failed for that.
	fewestErrors = 5
)

// fails reports whether so many of the requests failed that it is no chance.
func fails(ratio, requests float64) bool {
	return ratio > mostErrors && ratio*requests >= fewestErrors
}
