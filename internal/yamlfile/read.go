package yamlfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// Read reads a file, which holds one document, and returns what read makes of
// its root. name is the file's and kind what it is, as "configuration", both
// for errors. Where read notes a problem by the methods of [Value], or the file
// is no such document, the error is an [*Error].
func Read[T any](r io.Reader, name, kind string, read func(Value) T) (T, error) {
	var nothing T
	data, err := io.ReadAll(r)
	if err != nil {
		return nothing, fmt.Errorf("read %s: %w", name, err)
	}
	root, problem := onlyDocument(data, kind)
	if problem != nil {
		return nothing, newError(name, *problem)
	}
	var problems []Problem
	result := read(Value{root, "", &problems})
	if len(problems) > 0 {
		return nothing, newError(name, problems...)
	}
	return result, nil
}

// onlyDocument returns the root of the one document that a file is, or why it
// is none.
func onlyDocument(data []byte, kind string) (*yaml.Node, *Problem) {
	if line := notUTF8(data); line > 0 { // which the YAML parser refuses without a line
		return nil, &Problem{Line: line, Text: "is not UTF-8"}
	}
	var documents []yaml.Node
	err := yaml.Load(data, &documents, yaml.WithAllDocuments())
	switch {
	case err != nil:
		return nil, syntaxProblem(err)
	case len(documents) > 1:
		return nil, &Problem{Line: documents[1].Line, Text: "a second document begins here; one is read"}
	case len(documents) == 0, len(documents[0].Content) == 0, documents[0].Content[0].ShortTag() == "!!null":
		return nil, &Problem{Line: 1, Text: "the " + kind + " is empty"}
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

// syntaxProblem returns what the YAML parser found.
func syntaxProblem(err error) *Problem {
	var load *yaml.LoadError
	if errors.As(err, &load) {
		return &Problem{Line: load.Mark.Line, Text: load.Message}
	}
	return &Problem{Text: err.Error()}
}
