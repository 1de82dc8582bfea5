//go:build !linux

package ipvs

import "time"

// tick returns 0, unknown.
func tick() time.Duration { return 0 }
