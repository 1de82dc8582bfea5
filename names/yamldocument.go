package names

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// onlyDocument returns the root of the one document that a file is, or why it
// is none.
func onlyDocument(data []byte) (*yaml.Node, *Mistake) {
	if line := notUTF8(data); line > 0 { // which the YAML parser refuses without a line
		return nil, &Mistake{Line: line, Text: "is not UTF-8"}
	}
	var documents []yaml.Node
	err := yaml.Load(data, &documents, yaml.WithAllDocuments())
	switch {
	case err != nil:
		return nil, syntaxMistake(err)
	case len(documents) > 1:
		return nil, &Mistake{Line: documents[1].Line, Text: "a second document begins here; one is read"}
	case len(documents) == 0, len(documents[0].Content) == 0, documents[0].Content[0].ShortTag() == "!!null":
		return nil, &Mistake{Line: 1, Text: "the file is empty"}
	}
	return documents[0].Content[0], nil
}

// notUTF8 returns the first line that is not UTF-8, 0 where there is none.
func notUTF8(data []byte) int {
	for i, line := range bytes.Split(data, []byte("\n")) {
		if !utf8.Valid(line) {
			return i + 1
		}
	}
	return 0
}

// syntaxMistake returns what the YAML parser found.
func syntaxMistake(err error) *Mistake {
	var load *yaml.LoadError
	if errors.As(err, &load) {
		return &Mistake{Line: load.Mark.Line, Text: load.Message}
	}
	return &Mistake{Text: err.Error()}
}
