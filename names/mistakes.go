package names

import (
	"cmp"
	"fmt"
	"slices"
)

// Mistake is one mistake in a names file.
type Mistake struct {
	Line int    // 1 is the first; 0 where it belongs to no line
	Key  string // as services.tcp/10.0.0.1:80; "" where it belongs to no key
	Text string
}

// FileError is everything that is wrong with a names file.
type FileError struct {
	File     string
	Mistakes []Mistake // by line, at least one
}

// Error returns the first mistake and how many more there are.
func (e *FileError) Error() string {
	text := e.Lines()[0]
	if more := len(e.Mistakes) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

// Lines returns every mistake as FILE:LINE: KEY: TEXT.
func (e *FileError) Lines() []string {
	lines := make([]string, 0, len(e.Mistakes))
	for _, m := range e.Mistakes {
		text := e.File
		if m.Line > 0 {
			text += fmt.Sprintf(":%d", m.Line)
		}
		if m.Key != "" {
			text += ": " + m.Key
		}
		lines = append(lines, text+": "+m.Text)
	}
	return lines
}

// fileError returns the mistakes, at least one, as an error, sorted.
func fileError(file string, mistakes ...Mistake) *FileError {
	slices.SortStableFunc(mistakes, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Key, b.Key))
	})
	return &FileError{File: file, Mistakes: mistakes}
}
