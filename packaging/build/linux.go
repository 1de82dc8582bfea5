package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/goreleaser/nfpm/v2"
	"github.com/goreleaser/nfpm/v2/deb"
	"github.com/goreleaser/nfpm/v2/files"
	"github.com/goreleaser/nfpm/v2/rpm"
)

// deb writes a Debian package, and returns its name.
func (b build) deb(p program, arch string, t tree) (string, error) {
	return b.native(deb.Default, "deb", p, arch, t, func(info *nfpm.Info, script func(string) string) {
		info.Depends = []string{"systemd | systemd-standalone-sysusers | systemd-sysusers"}
		info.Deb.Predepends = []string{"init-system-helpers (>= 1.54~)"}
		info.Scripts = nfpm.Scripts{PostInstall: script("postinst"), PreRemove: script("prerm"), PostRemove: script("postrm")}
	})
}

// rpm writes one for Fedora, RHEL and its kin.
func (b build) rpm(p program, arch string, t tree) (string, error) {
	return b.native(rpm.DefaultRPM, "rpm", p, arch, t, func(info *nfpm.Info, script func(string) string) {
		info.Depends = []string{"systemd"}
		info.Release = "1"
		info.RPM.BuildHost = "localhost" // the builder's is nobody's business, and differs
		info.License = "Apache-2.0"
		info.RPM.Summary = p.summary
		info.Description = p.description
		info.Scripts = nfpm.Scripts{PostInstall: script("post"), PreRemove: script("preun"), PostRemove: script("postun")}
	})
}

// native writes a package with what only one kind of them has set by adapt,
// which gets its scripts from packaging/KIND.
func (b build) native(packager nfpm.Packager, kind string, p program, arch string, t tree, adapt func(*nfpm.Info, func(string) string)) (string, error) {
	stage, err := os.MkdirTemp("", "packages-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(stage)
	contents, err := b.stage(filepath.Join(stage, "root"), p, kind, t)
	if err != nil {
		return "", err
	}
	info := &nfpm.Info{
		Name: p.name, Arch: arch, Platform: "linux",
		Version: b.version, VersionSchema: "none",
		Section: "net", Priority: "optional",
		Maintainer: maintainer, Homepage: homepage,
		Description: p.summary + "\n" + p.description,
		MTime:       b.time,
	}
	info.Contents = contents
	var failed error
	adapt(info, func(name string) string {
		text, err := named(filepath.Join("packaging", kind, name), p)
		if err == nil {
			err = os.WriteFile(filepath.Join(stage, name), text, 0o755)
		}
		if err != nil {
			failed = err
		}
		return filepath.Join(stage, name)
	})
	if failed != nil {
		return "", failed
	}
	name := packager.ConventionalFileName(info)
	return name, b.write(name, func(f *os.File) error { return packager.Package(info, f) })
}

// stage lays a tree into a folder, where nfpm takes it from.
func (b build) stage(folder string, p program, kind string, t tree) (files.Contents, error) {
	var contents files.Contents
	for _, dir := range t.folders(p, kind) {
		contents = append(contents, &files.Content{Destination: "/" + dir, Type: files.TypeDir,
			FileInfo: &files.ContentFileInfo{Mode: 0o755, MTime: b.time}})
	}
	for _, f := range t.of(kind) {
		source := filepath.Join(folder, f.place)
		if err := os.MkdirAll(filepath.Dir(source), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(source, f.content, f.mode); err != nil {
			return nil, err
		}
		contents = append(contents, &files.Content{Source: source, Destination: "/" + f.place, Type: typeOf(f),
			FileInfo: &files.ContentFileInfo{Mode: f.mode, MTime: b.time}})
	}
	return contents, nil
}

func typeOf(f file) string {
	switch {
	case f.config:
		return files.TypeConfigNoReplace
	case strings.Contains(f.place, "/licenses/"):
		return files.TypeRPMLicence
	}
	return files.TypeFile
}

// write makes a file in dist that is there as a whole or not at all.
func (b build) write(name string, fill func(*os.File) error) error {
	part := filepath.Join(b.dist, "."+name+".part")
	f, err := os.Create(part)
	if err != nil {
		return err
	}
	defer os.Remove(part)
	if err := fill(f); err != nil {
		f.Close()
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(part, filepath.Join(b.dist, name))
}
