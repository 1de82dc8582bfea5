// Package problems gathers what goes wrong with many servers into one line.
package problems

import (
	"fmt"
	"strings"
)

// List remembers the first of several problems and how many there are. The
// zero List has none.
type List struct {
	first string
	count int
}

// longest is how many bytes of a problem are kept. Others wrote part of it, and
// it goes into the log again and again.
const longest = 500

// Add adds a problem.
func (l *List) Add(format string, args ...any) {
	if l.count == 0 {
		l.first = line(fmt.Sprintf(format, args...))
	}
	l.count++
}

// line returns the beginning of a text, as one line.
func line(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "…"
}

// Err returns the problems as one line, nil where there are none.
func (l *List) Err() error {
	switch l.count {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%s", l.first)
	}
	return fmt.Errorf("%s (and %d more)", l.first, l.count-1)
}
