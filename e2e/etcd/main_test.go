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
	c := labtest.Config{Commands: []string{"./cmd/weight-tuner"}}
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
