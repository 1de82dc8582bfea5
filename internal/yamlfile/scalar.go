package yamlfile

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Scalar returns a single value as it is written, "" where it is empty or
// null. It reports false where a mapping or a sequence stands instead.
func (v Value) Scalar() (text string, single bool) {
	if v.node.Kind != yaml.ScalarNode {
		return "", false
	}
	if v.node.ShortTag() == "!!null" {
		return "", true
	}
	return v.node.Value, true
}

// given returns a single value as it is written, "" after a problem.
func (v Value) given() string {
	text, single := v.Scalar()
	switch {
	case !single:
		v.Problem("is not a single value")
	case text == "":
		v.Problem("is empty; leave the key out for its default")
	}
	return text
}

// Text reads a text; numbers and the like are none unless they are quoted.
func (v Value) Text(into *string) {
	switch text := v.given(); {
	case text == "":
	case v.node.ShortTag() != "!!str":
		v.Problem("%s is not a text; quote it if it is meant as one", text)
	default:
		*into = text
	}
}

// Boolean reads true or false.
func (v Value) Boolean(into *bool) {
	switch text := v.given(); {
	case text == "":
	case v.node.ShortTag() != "!!bool":
		v.Problem("%s is neither true nor false", text)
	default:
		*into = strings.EqualFold(text, "true")
	}
}

// Choice reads one of a few words.
func Choice[T ~string](v Value, into *T, words ...T) {
	text := T(v.given())
	switch {
	case text == "":
	case slices.Contains(words, text):
		*into = text
	default:
		known := make([]string, 0, len(words))
		for _, w := range words {
			known = append(known, string(w))
		}
		v.Problem("%s is not known here: %s", text, strings.Join(known, " or "))
	}
}
