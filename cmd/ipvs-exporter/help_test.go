package main

import (
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon"
	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon/daemontest"
)

// Help ends with examples that the program takes.
func TestHelpHasExamples(t *testing.T) {
	app, _ := newApplication()
	examples := daemontest.Examples(t, app)
	if len(examples) == 0 {
		t.Error("there is no example")
	}
	for _, example := range examples {
		expectTaken(t, example)
	}
}

// expectTaken wants shell commands to call the program as it can be called.
func expectTaken(t *testing.T, commands string) {
	t.Helper()
	for _, args := range daemontest.Arguments(t, name, commands) {
		app, _ := newApplication()
		if _, err := daemon.Parse(app, args); err != nil {
			t.Errorf("%s: %q: %v", commands, args, err)
		}
	}
}
