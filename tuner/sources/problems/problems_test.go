package problems

import (
	"errors"
	"testing"
)

func TestList(t *testing.T) {
	var l List
	if err := l.Err(); err != nil {
		t.Errorf("nothing is wrong, and yet %v", err)
	}
	l.Add("10.0.0.2:80: %s", errors.New("no\n 100% answer"))
	if got, want := l.Err().Error(), "10.0.0.2:80: no 100% answer"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	l.Add("more")
	l.Add("more")
	if got, want := l.Err().Error(), "10.0.0.2:80: no 100% answer (and 2 more)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
