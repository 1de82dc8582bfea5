package main

import (
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon/daemontest"
)

func TestProtected(t *testing.T) {
	daemontest.Protected(t, run, []string{"--path.procfs=" + proc, "--ipvs.source=procfs"}, "/", "/metrics", "/metrics?collect[]=director")
}
