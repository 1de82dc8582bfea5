package ipvs

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Sysctl is a setting of IPVS, under the name that it has in the kernel's
// Documentation/networking/ipvs-sysctl.rst, where units are too.
type Sysctl struct {
	Name  string
	Value int64  // 0 where there is a text
	Text  string // what is no number, as est_cpulist; else ""
}

// readSysctls reads the settings of the network namespace, sorted by name. vs
// is a folder like /proc/sys/net/ipv4/vs. The file sync_threshold has two
// numbers: sync_threshold and sync_period. Settings that are empty, or that
// may not be read, are left out; where none may be read that is an error.
func readSysctls(vs string) ([]Sysctl, error) {
	entries, err := os.ReadDir(vs)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, entry := range entries {
		if entry.Type().IsRegular() {
			files = append(files, entry.Name())
		}
	}
	return collectSysctls(files, func(name string) (string, error) {
		return readSetting(filepath.Join(vs, name))
	})
}

func collectSysctls(files []string, read func(name string) (string, error)) ([]Sysctl, error) {
	var settings []Sysctl
	var unreadable error
	for _, name := range files {
		content, err := read(name)
		switch {
		case errors.Is(err, fs.ErrNotExist): // its module has gone since
		case err != nil:
			unreadable = err
		default:
			settings = append(settings, parseSysctl(name, content)...)
		}
	}
	if len(settings) == 0 && unreadable != nil {
		return nil, unreadable
	}
	slices.SortFunc(settings, func(a, b Sysctl) int { return cmp.Compare(a.Name, b.Name) })
	return settings, nil
}

func readSetting(file string) (string, error) {
	const most = 4096 // of a list of CPUs
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, most))
	return string(content), err
}

// parseSysctl reads the content of one file, which is one setting mostly. A
// list of CPUs is a text even where it names a single one.
func parseSysctl(name, content string) []Sysctl {
	content = validText(strings.TrimSpace(content))
	numbers, err := parseNumbers(content)
	switch {
	case content == "":
		return nil
	case err != nil || name == "est_cpulist":
		return []Sysctl{{Name: name, Text: content}}
	case len(numbers) == 1:
		return []Sysctl{{Name: name, Value: numbers[0]}}
	case len(numbers) == 2 && name == "sync_threshold":
		return []Sysctl{{Name: name, Value: numbers[0]}, {Name: "sync_period", Value: numbers[1]}}
	}
	return []Sysctl{{Name: name, Text: content}}
}

func parseNumbers(text string) ([]int64, error) {
	var numbers []int64
	for field := range strings.FieldsSeq(text) {
		number, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, number)
	}
	return numbers, nil
}
