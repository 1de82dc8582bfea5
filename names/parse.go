package names

import (
	"io"
	"net/netip"
	"strings"
	"unicode"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// FileError is everything that is wrong with a names file.
type FileError = yamlfile.Error

// Parse reads a names file, which is YAML. name is the file's, for errors. A
// mistaken file gives a *FileError with every mistake.
func Parse(name string, r io.Reader) (*File, error) {
	return yamlfile.Read(r, name, "file", readFile)
}

func readFile(v yamlfile.Value) *File {
	f := &File{everywhere: newScope(), netns: make(map[string]scope)}
	fields := scopeFields(f.everywhere)
	fields["netns"] = func(v yamlfile.Value) {
		v.Entries(func(name string, key, entry yamlfile.Value) {
			checkNetns(name, key)
			f.netns[name] = newScope()
			entry.Fields(scopeFields(f.netns[name]))
		})
	}
	v.Fields(fields)
	return f
}

// checkNetns refuses what no network namespace is called by: they go by the
// base name of their file, and the program's own by "".
func checkNetns(name string, key yamlfile.Value) {
	if strings.Contains(name, "/") {
		key.Problem("a network namespace goes by the last part of its file's path")
	}
}

func scopeFields(s scope) map[string]func(yamlfile.Value) {
	return map[string]func(yamlfile.Value){
		"services": func(v yamlfile.Value) { readNames(v, ipvs.ParseServiceID, s.services, s.serviceAddresses) },
		"servers":  func(v yamlfile.Value) { readNames(v, ipvs.ParseServerID, s.servers, s.serverAddresses) },
	}
}

// readNames reads a mapping of identities and addresses to names.
func readNames[ID comparable](v yamlfile.Value, parse func(string) (ID, error), byID map[ID]string, byAddress map[netip.Addr]string) {
	v.Entries(func(text string, key, entry yamlfile.Value) {
		name := readName(entry)
		if a, err := netip.ParseAddr(text); err == nil {
			checkAddress(a, text, key)
			byAddress[a] = name
			return
		}
		id, err := parse(text)
		if err != nil {
			key.Problem("neither an address nor an identity: %s", err)
		}
		byID[id] = name
	})
}

func checkAddress(a netip.Addr, text string, key yamlfile.Value) {
	switch canonical := a.String(); {
	case a.Zone() != "":
		key.Problem("IPVS addresses have no zone")
	case canonical != text:
		key.Problem("write it %s", canonical)
	}
}

// readName returns a name; "" after a problem.
func readName(v yamlfile.Value) string {
	var name string
	switch text, single := v.Scalar(); {
	case !single:
		v.Problem("is not a name")
	case text == "":
		v.Problem("has no name")
	default:
		v.Text(&name)
	}
	if strings.ContainsFunc(name, unicode.IsControl) {
		v.Problem("%q has characters that cannot be shown", name)
	}
	return name
}
