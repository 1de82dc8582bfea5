//go:build lab

// Package etcd tests directors that are coordinated through etcd, as Debian has
// it.
package etcd

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab"
	"github.com/ipvs-autopilot/ipvs-autopilot/lab/labtest"
)

func TestMain(m *testing.M) {
	// Each of three members sets 128 MB aside for its log, in a file system that
	// has half of the memory and all programs.
	c := labtest.Config{Commands: []string{"./cmd/weight-tuner"}, MemoryMiB: 2048}
	if os.Getenv("LAB_GUEST") != "1" {
		folder, err := lab.UnpackPackage(context.Background(), "etcd-server", "", os.Stderr)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		c.Files = []lab.File{{Host: filepath.Join(folder, "usr/bin/etcd")}}
	}
	labtest.Main(m, c)
}
