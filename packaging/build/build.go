package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// root is the source's, from the folder of this module, where it is run.
const root = "../.."

// build is what packages are made of, and where they go.
type build struct {
	described string    // the version as git describe has it: v1.2.3-4-gabcdef
	version   string    // the packages'
	time      time.Time // that everything bears
	programs  string    // folder with ARCH/PROGRAM
	dist      string
	archs     []string // as Go has them: amd64
}

// run writes all packages and their checksums, and says what it has written.
func (b build) run(stdout io.Writer) error {
	if err := os.MkdirAll(b.dist, 0o755); err != nil {
		return err
	}
	var written []string
	for _, p := range programs() {
		files, err := b.pack(p)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		written = append(written, files...)
	}
	return b.sum(written, stdout)
}

// pack writes a program's packages, and returns their names.
func (b build) pack(p program) (written []string, err error) {
	trees := map[string]tree{}
	for _, arch := range b.archs {
		t, err := b.tree(p, arch)
		if err != nil {
			return nil, err
		}
		trees[arch] = t
		for _, write := range []func(program, string, tree) (string, error){b.deb, b.rpm, b.archive} {
			name, err := write(p, arch, t)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", arch, err)
			}
			written = append(written, name)
		}
	}
	name, err := b.image(p, trees)
	return append(written, name), err
}

// sum writes SHA256SUMS, which sha256sum --check reads.
func (b build) sum(names []string, stdout io.Writer) error {
	slices.Sort(names)
	var sums []byte
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join(b.dist, name))
		if err != nil {
			return err
		}
		sums = fmt.Appendf(sums, "%x  %s\n", sha256.Sum256(content), name)
		fmt.Fprintf(stdout, "%s\t%.1f MB\n", filepath.Join(b.dist, name), float64(len(content))/1e6)
	}
	return os.WriteFile(filepath.Join(b.dist, "SHA256SUMS"), sums, 0o644)
}
