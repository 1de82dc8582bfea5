package yamlfile

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// linesOf returns the mistakes that reading a file named f brings.
func linesOf(t *testing.T, text string, read func(Value)) []string {
	t.Helper()
	_, err := Read(strings.NewReader(text), "f", "recipe", func(v Value) bool { read(v); return true })
	if err == nil {
		return nil
	}
	var mistakes *Error
	if !errors.As(err, &mistakes) {
		t.Fatalf("error %v has no lines", err)
	}
	return mistakes.Lines()
}

func TestReadMistakes(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", "f:1: the recipe is empty"},
		{"only a comment", "# nothing\n", "f:1: the recipe is empty"},
		{"only a mark", "---\n", "f:1: the recipe is empty"},
		{"null", "~\n", "f:1: the recipe is empty"},
		{"second document", "a: b\n---\nc: d\n", "f:2: a second document begins here; one is read"},
		{"second document empty", "a: b\n---\n", "f:2: a second document begins here; one is read"},
		{"syntax", "a: [1\nb: 2", "f:2: did not find expected ',' or ']'"},
		{"unknown alias", "a: 1\nb: *c\n", "f:2: unknown anchor 'c' referenced"},
		{"not UTF-8", "a:\n  b: \xff\n", "f:2: is not UTF-8"},
		{"control character", "a:\n  b: \x01\n", "f: control characters are not allowed (value: 1)"},
		{"UTF-16", "\xff\xfea\x00", "f:1: is not UTF-8"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := linesOf(t, test.text, func(Value) { t.Error("is read all the same") })
			if !slices.Equal(got, []string{test.want}) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestReadUnreadable(t *testing.T) {
	broken := errors.New("broken")
	_, err := Read(iotest.ErrReader(broken), "f", "recipe", func(Value) bool { return true })
	if !errors.Is(err, broken) || err.Error() != "read f: broken" {
		t.Errorf("got %v", err)
	}
}

func TestReadReturnsNothingMistaken(t *testing.T) {
	tests := []struct {
		name    string
		problem bool
		want    string
	}{
		{"mistaken", true, ""},
		{"right", false, "cake"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Read(strings.NewReader("--- a\n"), "f", "recipe", func(v Value) string {
				if test.problem {
					v.Problem("is burnt")
				}
				return "cake"
			})
			if got != test.want || (err != nil) != test.problem {
				t.Errorf("got %q and error %v", got, err)
			}
		})
	}
}

// Whatever the bytes, reading ends, and all that it refuses it names in one
// line each, by lines that exist.
func FuzzRead(f *testing.F) {
	f.Add("text: a\nword: one\ntime: 4s\ninteger: 7\nratio: 0.5\n")
	f.Add("items: &a [{text: *a, items: *a}, ~]\n\"te\\nxt\": 1\n? [a]\n: b\n")
	f.Add("text: !!int \"a\\nb\"\n---\n")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := Read(strings.NewReader(text), "f", "recipe", func(v Value) bool { readRecipe(v, 3); return true })
		if err != nil {
			checkProblems(t, text, err)
		}
	})
}

// readRecipe reads a mapping of every kind of value, with items some levels
// deep.
func readRecipe(v Value, levels int) {
	var text, word string
	var span time.Duration
	var integer uint32
	var ratio float64
	v.Fields(map[string]func(Value){
		"text":    func(v Value) { v.Text(&text) },
		"word":    func(v Value) { Choice(v, &word, "one", "two") },
		"time":    func(v Value) { v.Duration(&span, 0, time.Minute, time.Second) },
		"integer": func(v Value) { v.Integer(&integer, 0, 9) },
		"ratio":   func(v Value) { v.Ratio(&ratio) },
		"items": func(v Value) {
			if levels > 0 {
				v.Items(func(item Value) { readRecipe(item, levels-1) })
			}
		},
	})
	v.Require("text")
}

func checkProblems(t *testing.T, text string, err error) {
	t.Helper()
	var mistakes *Error
	if !errors.As(err, &mistakes) || len(mistakes.Problems) == 0 {
		t.Fatalf("error %v names no problem", err)
	}
	ends := strings.NewReplacer("\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(text)
	last := strings.Count(ends, "\n") + 2 // that of the end, which the YAML parser counts as a line
	for i, p := range mistakes.Problems {
		if p.Line < 0 || p.Line > last || p.Text == "" {
			t.Errorf("problem %+v", p)
		}
		if line := mistakes.Lines()[i]; strings.ContainsAny(line, "\n\r\u0085\u2028\u2029") {
			t.Errorf("of several lines: %q", line)
		}
	}
}
