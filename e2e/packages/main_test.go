//go:build lab

// Package packages tests the Debian packages on a Debian with systemd, whose
// network namespace is a director's.
package packages

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab"
	"github.com/ipvs-autopilot/ipvs-autopilot/lab/labtest"
)

func TestMain(m *testing.M) {
	c := labtest.Config{Commands: []string{"./lab/cmd/labtool"}, MemoryMiB: 2048}
	if os.Getenv("LAB_GUEST") == "1" {
		labtest.Main(m, c)
	}
	folder, err := os.MkdirTemp("", "packages-")
	if err == nil {
		c.Files, err = files(folder)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	labtest.Main(m, c)
}

// files returns a Debian, and the packages of version 1.0.0 in a folder.
func files(folder string) ([]lab.File, error) {
	root, err := lab.DebianRoot(context.Background(), os.Stderr)
	if err != nil {
		return nil, err
	}
	dist := filepath.Join(folder, "dist")
	out, err := exec.Command("make", "-C", "../..", "packages", "ARCHS=amd64", "VERSION=v1.0.0", "DIST="+dist).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("make packages: %w\n%s", err, out)
	}
	list := []lab.File{{Host: root}}
	for _, name := range []string{"ipvs-exporter", "weight-tuner"} {
		list = append(list, lab.File{Host: filepath.Join(dist, name+"_1.0.0_amd64.deb"), Guest: name + ".deb"})
	}
	return list, nil
}
