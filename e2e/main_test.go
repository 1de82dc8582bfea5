//go:build lab

package e2e

import (
	"os"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab"
	"github.com/ipvs-autopilot/ipvs-autopilot/lab/labtest"
)

func TestMain(m *testing.M) {
	labtest.Main(m, labtest.Config{
		Count:    os.Getenv("LAB_COUNT") == "1",
		Commands: []string{"./lab/cmd/labtool", "./cmd/ipvs-exporter", "./cmd/weight-tuner", labtest.NodeExporter},
		Files:    []lab.File{{Host: "../README.md"}, {Host: "../docs"}, {Host: "../examples"}, {Host: "../names/testdata/docker"}, {Host: "../packaging/default"}},
	})
}
