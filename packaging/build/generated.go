package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/alecthomas/kingpin/v2"
)

const (
	homepage   = "https://github.com/ipvs-autopilot/ipvs-autopilot"
	maintainer = "ipvs-autopilot maintainers <ipvs-autopilot@users.noreply.github.com>"
)

// addGenerated adds what has the program's name or the version put into it.
func (b build) addGenerated(t *tree, p program, _ string) error {
	page, err := os.ReadFile(filepath.Join(root, "packaging/man", p.name+".8"))
	if err != nil {
		return err
	}
	page = []byte(strings.NewReplacer("@VERSION@", p.name+" "+b.version, "@DATE@", b.time.Format("2006-01-02")).Replace(string(page)))
	fish, err := named("packaging/completions/fish", p)
	if err != nil {
		return err
	}
	overrides, err := named("packaging/deb/lintian-overrides", p)
	if err != nil {
		return err
	}
	bash, err := completion(kingpin.BashCompletionTemplate, p)
	if err != nil {
		return err
	}
	zsh, err := completion(kingpin.ZshCompletionTemplate, p)
	if err != nil {
		return err
	}
	zsh = fmt.Appendf(zsh, "_%s \"$@\"\n", p.name) // zsh loads the file at the first completion, and calls nothing in it
	for _, f := range []file{
		{place: "usr/share/man/man8/" + p.name + ".8.gz", content: zipped(page)},
		{place: "usr/share/bash-completion/completions/" + p.name, content: bash},
		{place: "usr/share/fish/vendor_completions.d/" + p.name + ".fish", content: fish},
		{place: "usr/share/zsh/vendor-completions/_" + p.name, content: zsh, only: "deb"},
		{place: "usr/share/zsh/site-functions/_" + p.name, content: zsh, only: "rpm"},
		{place: "usr/share/lintian/overrides/" + p.name, content: overrides, only: "deb"},
		{place: "usr/share/doc/" + p.name + "/changelog.gz", content: zipped(b.changelog(p)), only: "deb"},
	} {
		f.mode = 0o644
		*t = append(*t, f)
	}
	return nil
}

// named returns a file of the source with the program's name for PROGRAM.
func named(name string, p program) ([]byte, error) {
	content, err := os.ReadFile(filepath.Join(root, name))
	return bytes.ReplaceAll(content, []byte("PROGRAM"), []byte(p.name)), err
}

// completion fills one of kingpin's own templates, of what the program itself
// prints for --completion-script-bash and -zsh.
func completion(text string, p program) ([]byte, error) {
	t, err := template.New("completion").Parse(text)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, map[string]any{"App": map[string]string{"Name": p.name}})
	return append(bytes.TrimSpace(b.Bytes()), '\n'), err
}

// changelog is Debian's, of this version alone: the others are in git.
func (b build) changelog(p program) []byte {
	return fmt.Appendf(nil, "%s (%s) unstable; urgency=medium\n\n  * %s of %s.\n\n -- %s  %s\n",
		p.name, b.version, b.described, homepage, maintainer, b.time.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
}

// zipped is what gzip -9n makes.
func zipped(content []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is one
	_, _ = w.Write(content)                               // into memory
	_ = w.Close()
	return b.Bytes()
}
