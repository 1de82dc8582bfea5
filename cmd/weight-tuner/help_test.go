package main

import (
	"io"
	"testing"

	"github.com/alecthomas/kingpin/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon/daemontest"
)

func quietApplication() *kingpin.Application {
	app, _ := newApplication(io.Discard, io.Discard)
	return app
}

func TestHelpHasExamples(t *testing.T) { daemontest.ExpectExamples(t, quietApplication) }
