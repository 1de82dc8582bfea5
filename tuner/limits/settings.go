package limits

// Settings bound the thresholds.
type Settings struct {
	Policy   Policy
	Min, Max uint32 // of an upper threshold, at least 1; a server that needs more has none
}

// Policy is what thresholds are to achieve.
type Policy string

const (
	// Off leaves the thresholds alone.
	Off Policy = "off"
	// Concurrency keeps the requests that are at a server at once to those
	// that it can answer in a bounded time.
	Concurrency Policy = "concurrency"
)

// Default returns what holds where nothing else is said. Closed connections
// count for two minutes, so that a million are 8000 requests a second.
func Default() Settings { return Settings{Policy: Off, Min: 10, Max: 1_000_000} }
