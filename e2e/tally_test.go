//go:build lab

package e2e

import (
	"sync"
	"testing"
)

// tally counts what is done again and again, of which some may fail where the
// machine has much else to do.
type tally struct {
	what string

	mutex        sync.Mutex
	well, failed int
	last         error // of those that failed
}

func (y *tally) note(err error) {
	y.mutex.Lock()
	defer y.mutex.Unlock()
	if err != nil {
		y.failed, y.last = y.failed+1, err
	} else {
		y.well++
	}
}

// expectMostlyWell wants at most a fifth to have failed.
func (y *tally) expectMostlyWell(t *testing.T) {
	t.Helper()
	y.mutex.Lock()
	defer y.mutex.Unlock()
	if t.Logf("%d %s; %d failed", y.well, y.what, y.failed); y.well < 4*y.failed || y.well == 0 {
		t.Errorf("%s: %v", y.what, y.last)
	}
}
