package names

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Parse reads a names file, which is YAML. name is the file's, for errors. A
// mistaken file gives a *FileError with every mistake.
func Parse(name string, r io.Reader) (*File, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if line := notUTF8(data); line > 0 { // which the YAML parser refuses without a line
		return nil, fileError(name, Mistake{Line: line, Text: "is not UTF-8"})
	}
	var documents []yaml.Node
	if err := yaml.Load(data, &documents, yaml.WithAllDocuments()); err != nil {
		return nil, fileError(name, syntaxMistake(err))
	}
	if m, ok := notOneDocument(documents); ok {
		return nil, fileError(name, m)
	}
	var mistakes []Mistake
	f := readFile(value{documents[0].Content[0], "", &mistakes})
	if len(mistakes) > 0 {
		return nil, fileError(name, mistakes...)
	}
	return f, nil
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
func syntaxMistake(err error) Mistake {
	var load *yaml.LoadError
	if errors.As(err, &load) {
		return Mistake{Line: load.Mark.Line, Text: load.Message}
	}
	return Mistake{Text: err.Error()}
}

// notOneDocument reports an empty file, or one that has a second document.
func notOneDocument(documents []yaml.Node) (Mistake, bool) {
	switch {
	case len(documents) > 1:
		return Mistake{Line: documents[1].Line, Text: "a second document begins here; one is read"}, true
	case len(documents) == 0, len(documents[0].Content) == 0, documents[0].Content[0].ShortTag() == "!!null":
		return Mistake{Line: 1, Text: "the file is empty"}, true
	}
	return Mistake{}, false
}

func readFile(v value) *File {
	f := &File{everywhere: newScope(), netns: make(map[string]scope)}
	fields := scopeFields(f.everywhere)
	fields["netns"] = func(v value) {
		v.entries(func(name string, key, entry value) {
			checkNetns(name, key)
			f.netns[name] = newScope()
			entry.fields(scopeFields(f.netns[name]))
		})
	}
	v.fields(fields)
	return f
}

// checkNetns refuses what no network namespace is called by: they go by the
// base name of their file, and the program's own by "".
func checkNetns(name string, key value) {
	if strings.Contains(name, "/") {
		key.mistake("a network namespace goes by the last part of its file's path")
	}
}

func scopeFields(s scope) map[string]func(value) {
	return map[string]func(value){
		"services": func(v value) { readNames(v, ipvs.ParseServiceID, s.services, s.serviceAddresses) },
		"servers":  func(v value) { readNames(v, ipvs.ParseServerID, s.servers, s.serverAddresses) },
	}
}

// readNames reads a mapping of identities and addresses to names.
func readNames[ID comparable](v value, parse func(string) (ID, error), byID map[ID]string, byAddress map[netip.Addr]string) {
	v.entries(func(text string, key, entry value) {
		name := readName(entry)
		if a, err := netip.ParseAddr(text); err == nil {
			checkAddress(a, text, key)
			byAddress[a] = name
			return
		}
		id, err := parse(text)
		if err != nil {
			key.mistake("neither an address nor an identity: %s", err)
		}
		byID[id] = name
	})
}

func checkAddress(a netip.Addr, text string, key value) {
	switch canonical := a.String(); {
	case a.Zone() != "":
		key.mistake("IPVS addresses have no zone")
	case canonical != text:
		key.mistake("write it %s", canonical)
	}
}

// readName returns a name; what is wrong with it is a mistake.
func readName(v value) string {
	name := v.node.Value
	switch {
	case v.node.Kind != yaml.ScalarNode:
		v.mistake("is not a name")
	case name == "" || v.node.ShortTag() == "!!null":
		v.mistake("has no name")
	case v.node.ShortTag() != "!!str":
		v.mistake("%s is not a text; quote it if it is meant as one", name)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		v.mistake("%q has characters that cannot be shown", name)
	}
	return name
}
