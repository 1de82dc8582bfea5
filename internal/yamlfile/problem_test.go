package yamlfile

import (
	"slices"
	"testing"
)

func TestError(t *testing.T) {
	last, first, second := Problem{Line: 9, Text: "is wrong"}, Problem{Key: "a", Text: "is lost"}, Problem{Line: 9, Key: "a.b", Text: "is worse"}
	tests := []struct {
		name     string
		problems []Problem
		error    string
		lines    []string
	}{
		{"of several lines", []Problem{{Line: 1, Key: "a\nb", Text: "1\u2028\x1b[31m2 is\tno"}},
			"f:1: a\ufffdb: 1\ufffd\ufffd[31m2 is\ufffdno", []string{"f:1: a\ufffdb: 1\ufffd\ufffd[31m2 is\ufffdno"}},
		{"in order", []Problem{second, last, first},
			"f: a: is lost (and 2 more)", []string{"f: a: is lost", "f:9: is wrong", "f:9: a.b: is worse"}},
		{"one", []Problem{second}, "f:9: a.b: is worse", []string{"f:9: a.b: is worse"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := newError("f", test.problems...)
			if got := err.Error(); got != test.error {
				t.Errorf("got %q, want %q", got, test.error)
			}
			if got := err.Lines(); !slices.Equal(got, test.lines) {
				t.Errorf("got %q, want %q", got, test.lines)
			}
		})
	}
}
