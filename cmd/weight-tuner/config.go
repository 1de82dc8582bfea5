package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kingpin/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// addConfigFlag adds --config.file, which must be given.
func addConfigFlag(c *kingpin.CmdClause) *string {
	return c.Flag("config.file", "Configuration file.").Required().String()
}

func loadConfig(file string) (tuner.Config, error) {
	f, err := os.Open(file)
	if err != nil {
		return tuner.Config{}, fmt.Errorf("configuration: %w", err)
	}
	defer f.Close()
	return tuner.LoadConfig(f, file)
}

func addCheck(app *kingpin.Application, stdout io.Writer) (string, command) {
	c := app.Command("check", "Show every mistake in a configuration file.").
		HelpLong("weight-tuner check --config.file=weight-tuner.yaml\nweight-tuner check --print-defaults")
	configFile := c.Flag("config.file", "Configuration file.").String()
	defaults := c.Flag("print-defaults", "Print a configuration with every key at its default.").Bool()
	return c.FullCommand(), func(context.Context) error {
		if *defaults {
			return tuner.PrintDefaults(stdout)
		}
		return check(*configFile, stdout)
	}
}

func check(file string, stdout io.Writer) error {
	if file == "" {
		return &daemon.UsageError{Err: errors.New("--config.file or --print-defaults is needed; see weight-tuner check --help")}
	}
	_, err := loadConfig(file)
	if mistakes := (*tuner.ConfigError)(nil); errors.As(err, &mistakes) {
		for _, line := range mistakes.Lines() {
			if _, err := fmt.Fprintln(stdout, line); err != nil {
				return err
			}
		}
		return fmt.Errorf("%s: mistakes: %d", file, len(mistakes.Problems))
	}
	return err
}
