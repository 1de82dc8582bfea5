package ipvs

import "errors"

// ErrLocked: another process, or another lock of this one, has the name.
var ErrLocked = errors.New("another process has the lock")
