package names

import (
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
	root, m := onlyDocument(data)
	if m != nil {
		return nil, fileError(name, *m)
	}
	var mistakes []Mistake
	f := readFile(value{root, "", &mistakes})
	if len(mistakes) > 0 {
		return nil, fileError(name, mistakes...)
	}
	return f, nil
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
