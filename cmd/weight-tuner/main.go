// Command weight-tuner adjusts the weights of IPVS real servers to what they
// bear.
package main

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/alecthomas/kingpin/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon"
)

const name = "weight-tuner"

func main() {
	os.Exit(daemon.Main(name, os.Stderr, func(ctx context.Context, args []string) error {
		return run(ctx, args, os.Stdout, os.Stderr)
	}))
}

// command is what one of the program's commands does once flags are parsed.
type command func(context.Context) error

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 {
		return &daemon.UsageError{Err: errors.New("want a command: init, run, plan, simulate, check, restore or table; see weight-tuner --help")}
	}
	app, commands := newApplication(stdout, stderr)
	chosen, err := daemon.Parse(app, args)
	if err != nil {
		return err
	}
	return commands[chosen](ctx)
}

// newApplication returns the parser of the command line and the commands that
// it chooses from.
func newApplication(stdout, stderr io.Writer) (*kingpin.Application, map[string]command) {
	app := daemon.Application(name, "Adjusts the weights of IPVS real servers to what they bear.",
		"weight-tuner init --output=weight-tuner.yaml",
		"weight-tuner run --config.file=weight-tuner.yaml --dry-run")
	proc := app.Flag("path.procfs", "Mount point of the proc filesystem.").Default("/proc").String()
	commands := map[string]command{}
	for _, add := range []func(*kingpin.Application) (string, command){
		func(app *kingpin.Application) (string, command) { return addInit(app, proc, stdout, stderr) },
		func(app *kingpin.Application) (string, command) { return addRun(app, proc, stderr) },
		func(app *kingpin.Application) (string, command) { return addPlan(app, proc, stdout, stderr) },
		func(app *kingpin.Application) (string, command) { return addSimulate(app, proc, stdout, stderr) },
		func(app *kingpin.Application) (string, command) { return addCheck(app, stdout) },
		func(app *kingpin.Application) (string, command) { return addRestore(app, proc, stdout) },
		func(app *kingpin.Application) (string, command) { return addTable(app, proc, stdout, stderr) },
	} {
		name, run := add(app)
		commands[name] = run
	}
	return app, commands
}
