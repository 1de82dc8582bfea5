package yamlfile

import "go.yaml.in/yaml/v4"

// Entry returns the entry of a mapping with the given name and whether there
// is one; it finds nothing wrong.
func (v Value) Entry(name string) (Value, bool) {
	if v.node.Kind != yaml.MappingNode {
		return Value{}, false
	}
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		if v.node.Content[i].Value == name {
			return v.at(v.node.Content[i+1], v.key+"."+name), true
		}
	}
	return Value{}, false
}
