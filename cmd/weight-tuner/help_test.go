package main

import (
	"io"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon"
	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon/daemontest"
)

// Help on the program and on each command ends with examples that the program
// takes.
func TestHelpHasExamples(t *testing.T) {
	app, commands := newApplication(io.Discard, io.Discard)
	asked := [][]string{nil}
	for command := range commands {
		asked = append(asked, []string{command})
	}
	for _, args := range asked {
		examples := daemontest.Examples(t, app, args...)
		if len(examples) == 0 {
			t.Errorf("help on %q has no example", args)
		}
		for _, example := range examples {
			expectTaken(t, example)
		}
	}
}

// expectTaken wants shell commands to call the program as it can be called.
func expectTaken(t *testing.T, commands string) {
	t.Helper()
	for _, args := range daemontest.Arguments(t, name, commands) {
		app, _ := newApplication(io.Discard, io.Discard)
		if _, err := daemon.Parse(app, args); err != nil {
			t.Errorf("%s: %q: %v", commands, args, err)
		}
	}
}
