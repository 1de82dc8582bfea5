package problems

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
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

func TestLongProblem(t *testing.T) {
	var l List
	l.Add("%s", strings.Repeat("ä", 1<<20))
	if got, want := l.Err().Error(), strings.Repeat("ä", longest/2)+"…"; got != want {
		t.Errorf("got %d bytes: %q", len(got), got)
	}
	odd := line("x" + strings.Repeat("ä", longest))
	if !utf8.ValidString(odd) || len(odd) > longest+len("…") {
		t.Errorf("got %q", odd)
	}
}
