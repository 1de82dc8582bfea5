package yamlfile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Problem is one mistake in a file.
type Problem struct {
	Line int    // 1 is the first; 0 where it belongs to no line
	Key  string // as services[0].weights.max; "" where it belongs to no key
	Text string
}

// Error is everything that is wrong with a file.
type Error struct {
	File     string    // its name
	Problems []Problem // by line, at least one
}

// Error returns the first problem and how many more there are.
func (e *Error) Error() string {
	text := e.Lines()[0]
	if more := len(e.Problems) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

// Lines returns every problem as FILE:LINE: KEY: TEXT.
func (e *Error) Lines() []string {
	lines := make([]string, 0, len(e.Problems))
	for _, p := range e.Problems {
		text := e.File
		if p.Line > 0 {
			text += fmt.Sprintf(":%d", p.Line)
		}
		if p.Key != "" {
			text += ": " + p.Key
		}
		lines = append(lines, strings.Map(visible, text+": "+p.Text))
	}
	return lines
}

// visible returns a sign in place of what cannot be shown in a line, as the
// line breaks that a quoted key may have.
func visible(r rune) rune {
	if unicode.IsGraphic(r) {
		return r
	}
	return unicode.ReplacementChar
}

// newError returns the problems, at least one, as an error, sorted.
func newError(file string, problems ...Problem) *Error {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Key, b.Key))
	})
	return &Error{File: file, Problems: problems}
}
