package names

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// value is a node of a names file with the key that leads to it. Its methods
// add what is wrong to the mistakes, with the line.
type value struct {
	node     *yaml.Node
	key      string
	mistakes *[]Mistake
}

func (v value) mistake(format string, args ...any) {
	*v.mistakes = append(*v.mistakes, Mistake{Line: v.node.Line, Key: v.key, Text: fmt.Sprintf(format, args...)})
}

// at returns the value of another node, below this one or in its place.
func (v value) at(node *yaml.Node, key string) value {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return value{node, key, v.mistakes}
}

// entries calls read for each entry of a mapping, in order; key is the
// entry's key itself, for what is wrong with that.
func (v value) entries(read func(name string, key, entry value)) {
	if v.node.Kind != yaml.MappingNode {
		v.mistake("is not a mapping of keys to values")
		return
	}
	lines := make(map[string]int)
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		k, name := v.node.Content[i], v.node.Content[i].Value
		path := strings.TrimPrefix(v.key+"."+name, ".")
		switch first, twice := lines[name]; {
		case k.Kind != yaml.ScalarNode:
			value{k, v.key, v.mistakes}.mistake("a key is not a word")
		case twice:
			v.at(k, path).mistake("is there twice, first in line %d", first)
		default:
			lines[name] = k.Line
			read(name, v.at(k, path), v.at(v.node.Content[i+1], path))
		}
	}
}

// fields reads a mapping whose keys are known.
func (v value) fields(known map[string]func(value)) {
	v.entries(func(name string, key, entry value) {
		if read, ok := known[name]; ok {
			read(entry)
			return
		}
		names := make([]string, 0, len(known))
		for k := range known {
			names = append(names, k)
		}
		slices.Sort(names)
		key.mistake("unknown key, known here: %s", strings.Join(names, ", "))
	})
}
