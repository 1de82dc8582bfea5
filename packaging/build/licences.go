package main

import (
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([.-].*)?$`)

// addLicences adds the program's licence, and those of all that is built in,
// which want to go with it.
func (b build) addLicences(t *tree, p program, arch string) error {
	own, err := os.ReadFile(filepath.Join(root, "LICENSE"))
	if err != nil {
		return err
	}
	others, err := builtIn(b.programOf(p, arch))
	if err != nil {
		return err
	}
	doc := "usr/share/doc/" + p.name
	*t = append(*t,
		file{place: doc + "/copyright", mode: 0o644, content: b.copyright(p), only: "deb"},
		file{place: "usr/share/licenses/" + p.name + "/LICENSE", mode: 0o644, content: own, only: "rpm"},
		file{place: doc + "/built-in-licences.gz", mode: 0o644, content: zipped(others)},
	)
	return nil
}

// builtIn returns the licences of Go and of each module that a binary tells of.
func builtIn(binary string) ([]byte, error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	goRoot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	text, err := licencesIn(strings.TrimSpace(string(goRoot)), "Go "+info.GoVersion)
	if err != nil {
		return nil, err
	}
	folders, err := moduleFolders()
	if err != nil {
		return nil, err
	}
	for _, m := range info.Deps {
		more, err := licencesIn(folders[m.Path], m.Path+" "+m.Version)
		if err != nil {
			return nil, err
		}
		text = append(text, more...)
	}
	return text, nil
}

// licencesIn returns all licences in a module's folder, which must have one.
func licencesIn(folder, of string) (text []byte, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("licence of %s: %w", of, err)
	}
	for _, e := range entries {
		if !licenceFile.MatchString(e.Name()) || e.IsDir() {
			continue
		}
		content, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return nil, err
		}
		text = fmt.Appendf(text, "==== %s: %s\n\n%s\n\n", of, e.Name(), content)
	}
	if len(text) == 0 {
		return nil, fmt.Errorf("licence of %s: there is none in %s", of, folder)
	}
	return text, nil
}

// moduleFolders returns where the source's modules are, by their paths.
func moduleFolders() (map[string]string, error) {
	cmd := exec.Command("go", "list", "-m", "-json", "all")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list -m: %w", err)
	}
	folders := map[string]string{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var m struct{ Path, Dir string }
		if err := d.Decode(&m); err == io.EOF {
			return folders, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list -m: %w", err)
		}
		folders[m.Path] = m.Dir
	}
}

// copyright is what Debian wants: its own copy of the licence, by name.
func (b build) copyright(p program) []byte {
	return fmt.Appendf(nil, `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: ipvs-autopilot
Source: %s

Files: *
Copyright: %d the authors of ipvs-autopilot
License: Apache-2.0
 On Debian systems the whole licence is in /usr/share/common-licenses/Apache-2.0.
 .
 The Go modules that are built into the program have licences of their own, which
 are in /usr/share/doc/%s/built-in-licences.gz.
`, homepage, b.time.Year(), p.name)
}
