package passive

import (
	"errors"
	"testing"
)

// TestLateIsClosed has a meter that never opened, and does not any more.
func TestLateIsClosed(t *testing.T) {
	l := &Late{err: ErrNotLoaded, settled: func(string) { t.Error("settled") }}
	for range 2 {
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := l.Read(); !errors.Is(err, errClosed) {
		t.Errorf("error %v", err)
	}
}
