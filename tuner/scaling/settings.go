package scaling

import "time"

// Settings say how many real servers are enough.
type Settings struct {
	TargetUtilization float64       // demand over capacity that is aimed at; above 0, below 1
	ScaleDownAfter    time.Duration // for which fewer must do before fewer are desired; 0 is at once
	Min, Max          uint32        // bounds of the desired servers; Min is at least 1
}

// Default returns what holds where nothing else is said. 0.7 leaves room for
// half as much again as the service bears at that, less a twentieth, and five
// minutes are what Kubernetes waits before it scales down.
func Default() Settings {
	return Settings{TargetUtilization: 0.7, ScaleDownAfter: 5 * time.Minute, Min: 1, Max: 65535}
}
