package ipvs

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"slices"
	"strconv"
)

// Sysctl is a setting of IPVS, under the name that it has in the kernel's
// Documentation/networking/ipvs-sysctl.rst, where units are too.
type Sysctl struct {
	Name  string
	Value int64  // 0 where there is a text
	Text  string // what is no number, as est_cpulist; else ""
}

// collectSysctls takes the settings from files; what read returns is valid
// until the next call.
func collectSysctls(files []string, read func(name string) ([]byte, error)) ([]Sysctl, error) {
	settings := make([]Sysctl, 0, len(files)+1) // one file has two
	var unreadable error
	for _, name := range files {
		content, err := read(name)
		switch {
		case errors.Is(err, fs.ErrNotExist): // its module has gone since
		case err != nil:
			unreadable = err
		default:
			settings = appendSysctl(settings, name, content)
		}
	}
	if len(settings) == 0 && unreadable != nil {
		return nil, unreadable
	}
	slices.SortFunc(settings, func(a, b Sysctl) int { return cmp.Compare(a.Name, b.Name) })
	return settings, nil
}

// appendSysctl appends the content of one file, which is one setting mostly. A
// list of CPUs is a text even where it names a single one.
func appendSysctl(settings []Sysctl, name string, content []byte) []Sysctl {
	content = bytes.TrimSpace(content)
	if len(content) == 0 {
		return settings
	}
	if number, err := strconv.ParseInt(string(content), 10, 64); err == nil && name != "est_cpulist" {
		return append(settings, Sysctl{Name: name, Value: number})
	}
	if threshold, period, ok := parsePair(content); ok && name == "sync_threshold" {
		return append(settings, Sysctl{Name: name, Value: threshold}, Sysctl{Name: "sync_period", Value: period})
	}
	return append(settings, Sysctl{Name: name, Text: validText(string(content))})
}

// parsePair reads two numbers with blanks between them.
func parsePair(text []byte) (first, second int64, ok bool) {
	fields := bytes.Fields(text)
	if len(fields) != 2 {
		return 0, 0, false
	}
	first, err1 := strconv.ParseInt(string(fields[0]), 10, 64)
	second, err2 := strconv.ParseInt(string(fields[1]), 10, 64)
	return first, second, err1 == nil && err2 == nil
}
