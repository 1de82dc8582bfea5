package yamlfile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Value is a node of a file with the key that leads to it. Its methods note
// what is wrong with it among the file's problems; those that read it into a
// Go value then leave that as it was.
type Value struct {
	node     *yaml.Node
	key      string
	problems *[]Problem
}

// Problem notes what is wrong with the value.
func (v Value) Problem(format string, args ...any) {
	*v.problems = append(*v.problems, Problem{Line: v.node.Line, Key: v.key, Text: fmt.Sprintf(format, args...)})
}

// at returns the value of another node, below this one or in its place.
func (v Value) at(node *yaml.Node, key string) Value {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return Value{node, key, v.problems}
}

// Entries calls read for each entry of a mapping, in order, but once for each
// name. key is the entry's key itself, for what is wrong with that.
func (v Value) Entries(read func(name string, key, entry Value)) {
	if v.node.Kind != yaml.MappingNode {
		v.Problem("is not a mapping of keys to values")
		return
	}
	lines := make(map[string]int)
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		k, name := v.node.Content[i], v.node.Content[i].Value
		path := strings.TrimPrefix(v.key+"."+name, ".")
		key := Value{k, path, v.problems}
		switch first, twice := lines[name]; {
		case k.Kind != yaml.ScalarNode:
			Value{k, v.key, v.problems}.Problem("a key is not a word")
		case twice:
			key.Problem("is there twice, first in line %d", first)
		default:
			lines[name] = k.Line
			read(name, key, v.at(v.node.Content[i+1], path))
		}
	}
}

// Fields reads a mapping whose keys are known, each by its function.
func (v Value) Fields(known map[string]func(Value)) {
	v.Entries(func(name string, key, entry Value) {
		if read, ok := known[name]; ok {
			read(entry)
			return
		}
		names := slices.Sorted(maps.Keys(known))
		key.Problem("unknown key, known here: %s", strings.Join(names, ", "))
	})
}

// Require refuses a mapping that lacks a key.
func (v Value) Require(name string) {
	if v.node.Kind == yaml.MappingNode && !v.Has(name) { // Entries refuses others
		v.Problem("has no %s", name)
	}
}

// Has reports whether a mapping has a key.
func (v Value) Has(name string) bool {
	_, ok := v.Entry(name)
	return ok
}

// Entry returns the entry of a mapping with a name, and whether there is one.
// It finds nothing wrong.
func (v Value) Entry(name string) (entry Value, ok bool) {
	if v.node.Kind != yaml.MappingNode {
		return Value{}, false
	}
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		if v.node.Content[i].Value == name {
			return v.at(v.node.Content[i+1], strings.TrimPrefix(v.key+"."+name, ".")), true
		}
	}
	return Value{}, false
}

// List reports whether the value is a sequence. It finds nothing wrong.
func (v Value) List() bool { return v.node.Kind == yaml.SequenceNode }

// Items calls read for each item of a sequence, in order; it refuses an empty
// one.
func (v Value) Items(read func(item Value)) {
	if v.node.Kind != yaml.SequenceNode {
		v.Problem("is not a sequence")
		return
	}
	if len(v.node.Content) == 0 {
		v.Problem("is an empty sequence")
	}
	for i, n := range v.node.Content {
		read(v.at(n, fmt.Sprintf("%s[%d]", v.key, i)))
	}
}
