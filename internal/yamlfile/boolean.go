package yamlfile

// Boolean reads true or false.
func (v Value) Boolean(into *bool) {
	switch text := v.given(); {
	case text == "":
	case v.node.ShortTag() != "!!bool":
		v.Problem("%s is not true or false", text)
	default:
		*into = text == "true" || text == "True" || text == "TRUE"
	}
}
