package tuner

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// value is a node of a configuration with the key that leads to it. Its
// methods read it into a Go value; what is wrong they add to the problems,
// with the line, and leave the Go value as it was.
type value struct {
	node     *yaml.Node
	key      string
	problems *[]Problem
}

func (v value) problem(format string, args ...any) {
	*v.problems = append(*v.problems, Problem{Line: v.node.Line, Key: v.key, Text: fmt.Sprintf(format, args...)})
}

// at returns the value of another node, below this one or in its place.
func (v value) at(node *yaml.Node, key string) value {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return value{node, key, v.problems}
}

// entries calls read for each entry of a mapping, in order.
func (v value) entries(read func(name string, entry value)) {
	if v.node.Kind != yaml.MappingNode {
		v.problem("is not a mapping of keys to values")
		return
	}
	lines := make(map[string]int)
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		k, name := v.node.Content[i], v.node.Content[i].Value
		entry := v.at(v.node.Content[i+1], strings.TrimPrefix(v.key+"."+name, "."))
		switch first, twice := lines[name]; {
		case k.Kind != yaml.ScalarNode:
			v.at(k, v.key).problem("a key is not a word")
		case twice:
			v.at(k, entry.key).problem("is there twice, first in line %d", first)
		default:
			lines[name] = k.Line
			read(name, entry)
		}
	}
}

// require reports a mapping that lacks a key.
func (v value) require(name string) {
	if v.node.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i < len(v.node.Content); i += 2 {
		if v.node.Content[i].Value == name {
			return
		}
	}
	v.problem("has no %s", name)
}

// fields reads a mapping whose keys are known.
func (v value) fields(known map[string]func(value)) {
	v.entries(func(name string, entry value) {
		if read, ok := known[name]; ok {
			read(entry)
			return
		}
		names := make([]string, 0, len(known))
		for k := range known {
			names = append(names, k)
		}
		slices.Sort(names)
		entry.problem("unknown key, known here: %s", strings.Join(names, ", "))
	})
}

// items calls read for each item of a sequence, in order.
func (v value) items(read func(item value)) {
	if v.node.Kind != yaml.SequenceNode {
		v.problem("is not a sequence")
		return
	}
	if len(v.node.Content) == 0 {
		v.problem("is an empty sequence")
	}
	for i, n := range v.node.Content {
		read(v.at(n, fmt.Sprintf("%s[%d]", v.key, i)))
	}
}

// scalar returns a single value as it is written, "" after a problem.
func (v value) scalar() string {
	switch {
	case v.node.Kind != yaml.ScalarNode:
		v.problem("is not a single value")
	case v.node.Value == "" || v.node.ShortTag() == "!!null":
		v.problem("is empty; leave the key out for its default")
	default:
		return v.node.Value
	}
	return ""
}

// text reads a text.
func (v value) text(into *string) {
	text := v.scalar()
	if text != "" && v.node.ShortTag() != "!!str" {
		v.problem("%s is not a text; quote it if it is meant as one", text)
		return
	}
	if text != "" {
		*into = text
	}
}

// choice reads one of a few words.
func choice[T ~string](v value, into *T, words ...T) {
	text := v.scalar()
	if text == "" {
		return
	}
	if !slices.Contains(words, T(text)) {
		known := make([]string, 0, len(words))
		for _, w := range words {
			known = append(known, string(w))
		}
		v.problem("%s is not known here: %s", text, strings.Join(known, " or "))
		return
	}
	*into = T(text)
}
