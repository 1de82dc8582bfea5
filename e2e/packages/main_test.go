//go:build lab

// Package packages tests the Debian packages on a Debian with systemd, whose
// network namespace is a director's.
package packages

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab"
	"github.com/ipvs-autopilot/ipvs-autopilot/lab/labtest"
)

func TestMain(m *testing.M) {
	c := labtest.Config{Commands: []string{"./lab/cmd/labtool"}, MemoryMiB: 2048}
	if os.Getenv("LAB_GUEST") == "1" {
		labtest.Main(m, c)
	}
	var err error
	if c.Files, err = files(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	labtest.Main(m, c)
}

// files returns a Debian, and packages of version 1.0.0.
func files() ([]lab.File, error) {
	root, err := lab.DebianRoot(context.Background(), os.Stderr)
	if err != nil {
		return nil, err
	}
	out, err := exec.Command("make", "-C", "../..", "packages", "ARCHS=amd64", "VERSION=v1.0.0", "DIST=.cache/packages").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("make packages: %w\n%s", err, out)
	}
	list := []lab.File{{Host: root}}
	for _, name := range []string{"ipvs-exporter", "weight-tuner"} {
		list = append(list, lab.File{Host: "../../.cache/packages/" + name + "_1.0.0_amd64.deb", Guest: name + ".deb"})
	}
	return list, nil
}
