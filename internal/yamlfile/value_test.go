package yamlfile

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestValueMistakes(t *testing.T) {
	nothing := func(Value) {}
	fields := func(v Value) { v.Fields(map[string]func(Value){"a": nothing, "b": nothing}) }
	items := func(v Value) { v.Items(nothing) }
	below := func(read func(Value)) func(Value) {
		return func(v Value) { v.Entries(func(_ string, _, entry Value) { read(entry) }) }
	}
	tests := []struct {
		name, text string
		read       func(Value)
		want       []string
	}{
		{"not a mapping", "- 1\n", fields, []string{"f:1: is not a mapping of keys to values"}},
		{"not a mapping below", "x:\n  - 1\n", below(fields), []string{"f:2: x: is not a mapping of keys to values"}},
		{"null for a mapping", "x:\n", below(fields), []string{"f:1: x: is not a mapping of keys to values"}},
		{"key not a word", "? [a]\n: b\n", fields, []string{"f:1: a key is not a word"}},
		{"key is an alias", "a: &k b\n*k : c\n", fields, []string{"f:2: a key is not a word"}},
		{"key twice", "x:\n  a: 1\n  b: 2\n  a:\n    3\n", below(fields), []string{"f:4: x.a: is there twice, first in line 2"}},
		{"unknown keys", "d:\n  1\nc: 2\n", fields, []string{
			"f:1: d: unknown key, known here: a, b", "f:3: c: unknown key, known here: a, b"}},
		{"merge key", "x: {<<: {a: 1}}\n", below(fields), []string{"f:1: x.<<: unknown key, known here: a, b"}},
		{"in what an alias stands for", "x: &m\n  c: 1\ny: *m\n", below(fields), []string{
			"f:2: x.c: unknown key, known here: a, b", "f:2: y.c: unknown key, known here: a, b"}},
		{"missing key", "x: {b: 1}\n", below(func(v Value) { v.Require("a") }), []string{"f:1: x: has no a"}},
		{"not a sequence", "a: 1\n", below(items), []string{"f:1: a: is not a sequence"}},
		{"empty sequence", "a: []\n", below(items), []string{"f:1: a: is an empty sequence"}},
		{"in an item", "a:\n- b: 1\n- c: 2\n", below(func(v Value) { v.Items(fields) }), []string{
			"f:3: a[1].c: unknown key, known here: a, b"}},
		{"in the key itself", "a:\n  b\n", func(v Value) {
			v.Entries(func(name string, key, _ Value) { key.Problem("%s is no place", name) })
		}, []string{"f:1: a: a is no place"}},
		{"a missing key of no mapping is one mistake", "- 1\n", func(v Value) { fields(v); v.Require("a") },
			[]string{"f:1: is not a mapping of keys to values"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := linesOf(t, test.text, test.read); !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

func TestValuesInOrder(t *testing.T) {
	var got []string
	note := func(v Value) {
		text, single := v.Scalar()
		got = append(got, fmt.Sprint(v.key, " ", text, " ", single))
	}
	mistakes := linesOf(t, "z: &one 1\na: ~\nm: [*one, [2]]\nb: {c: '3'}\n", func(v Value) {
		v.Require("m")
		v.Fields(map[string]func(Value){
			"z": note,
			"a": note,
			"m": func(v Value) { v.Items(note) },
			"b": func(v Value) { v.Entries(func(_ string, _, entry Value) { note(entry) }) },
		})
	})
	want := []string{"z 1 true", "a  true", "m[0] 1 true", "m[1]  false", "b.c 3 true"}
	if mistakes != nil || !slices.Equal(got, want) {
		t.Errorf("got %q and mistakes %q, want %q", got, mistakes, want)
	}
}
