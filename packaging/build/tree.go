package main

import (
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// file is one that is installed; all are root's.
type file struct {
	place   string // as usr/bin/ipvs-exporter
	mode    fs.FileMode
	content []byte
	config  bool   // the admin's changes outlive upgrades
	only    string // the one kind of package that has it, deb or rpm; "": all
}

// tree is all that a program installs, by place.
type tree []file

// of returns what one kind of package has. Archives and images have what rpm
// packages have.
func (t tree) of(kind string) (list []file) {
	for _, f := range t {
		if f.only == "" || f.only == kind {
			list = append(list, f)
		}
	}
	return list
}

// folders returns those that no other package has: the empty ones, and those
// above a file that have the program's name in their path.
func (t tree) folders(p program, kind string) []string {
	list := slices.Clone(p.dirs)
	for _, f := range t.of(kind) {
		for dir := path.Dir(f.place); strings.Contains(dir+"/", "/"+p.name+"/"); dir = path.Dir(dir) {
			list = append(list, dir)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// tree lays out a program.
func (b build) tree(p program, arch string) (tree, error) {
	var t tree
	for _, add := range []func(*tree, program, string) error{b.addProgram, b.addSource, b.addExamples, b.addGenerated, b.addLicences} {
		if err := add(&t, p, arch); err != nil {
			return t, err
		}
	}
	slices.SortFunc(t, func(a, b file) int { return strings.Compare(a.place, b.place) })
	return t, nil
}

func (b build) addProgram(t *tree, p program, arch string) error {
	content, err := os.ReadFile(b.programOf(p, arch))
	*t = append(*t, file{place: "usr/bin/" + p.name, mode: 0o755, content: content})
	return err
}

func (b build) programOf(p program, arch string) string {
	return filepath.Join(b.programs, arch, p.name)
}

// addSource takes what is in the source as it is installed.
func (b build) addSource(t *tree, p program, _ string) error {
	places := map[string]string{
		"packaging/systemd/" + p.name + ".service": "usr/lib/systemd/system/" + p.name + ".service",
		"packaging/sysusers.d/" + p.name + ".conf": "usr/lib/sysusers.d/" + p.name + ".conf",
		"packaging/default/" + p.name:              "etc/default/" + p.name,
	}
	maps.Copy(places, p.files)
	for from, to := range places {
		content, err := os.ReadFile(filepath.Join(root, from))
		if err != nil {
			return err
		}
		*t = append(*t, file{place: to, mode: 0o644, content: content, config: strings.HasPrefix(to, "etc/")})
	}
	return nil
}

func (b build) addExamples(t *tree, p program, _ string) error {
	if p.examples == "" {
		return nil
	}
	source := os.DirFS(root)
	return fs.WalkDir(source, p.examples, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(source, name)
		*t = append(*t, file{place: path.Join("usr/share/doc", p.name, name), mode: 0o644, content: content})
		return err
	})
}
