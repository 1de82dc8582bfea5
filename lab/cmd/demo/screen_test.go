package main

import (
	"io"
	"slices"
	"testing"
)

func TestLineWriter(t *testing.T) {
	var got []string
	w := &lineWriter{line: func(line string) { got = append(got, line) }}
	for _, written := range []string{"on", "e\n\ntwo\nthr", "ee", "\nunended"} {
		io.WriteString(w, written)
	}
	if want := []string{"one", "", "two", "three"}; !slices.Equal(got, want) {
		t.Errorf("lines %q, want %q", got, want)
	}
}
