package tuner

import (
	"cmp"
	"fmt"
	"slices"
)

// Problem is one mistake in a configuration.
type Problem struct {
	Line int    // 1 is the first; 0 where it belongs to no line
	Key  string // as services[0].weights.max; "" where it belongs to no key
	Text string
}

// ConfigError is everything that is wrong with a configuration.
type ConfigError struct {
	Name     string    // of the file
	Problems []Problem // by line, at least one
}

// Error returns the first problem and how many more there are.
func (e *ConfigError) Error() string {
	text := e.Lines()[0]
	if more := len(e.Problems) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

// Lines returns every problem as FILE:LINE: KEY: TEXT.
func (e *ConfigError) Lines() []string {
	lines := make([]string, 0, len(e.Problems))
	for _, p := range e.Problems {
		text := e.Name
		if p.Line > 0 {
			text += fmt.Sprintf(":%d", p.Line)
		}
		if p.Key != "" {
			text += ": " + p.Key
		}
		lines = append(lines, text+": "+p.Text)
	}
	return lines
}

// configError returns the problems, at least one, as an error, sorted.
func configError(name string, problems []Problem) *ConfigError {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Key, b.Key))
	})
	return &ConfigError{Name: name, Problems: problems}
}
