package main

import (
	"testing"

	"github.com/alecthomas/kingpin/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon/daemontest"
)

func application() *kingpin.Application {
	app, _ := newApplication()
	return app
}

func TestHelpHasExamples(t *testing.T) { daemontest.ExpectExamples(t, application) }
