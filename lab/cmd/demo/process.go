package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab"
)

const (
	// patience is how long a program may take to end once told to.
	patience = 10 * time.Second
	// lastWords is how many lines of a program's output explain its end.
	lastWords = 5
)

// process is the task of a program that must not end by itself.
func process(program string, args ...string) task {
	return func(ctx context.Context) error {
		var output lab.Tail
		cmd := exec.CommandContext(ctx, program, args...)
		cmd.Stdout, cmd.Stderr = &output, &output
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
		cmd.WaitDelay = patience
		ended, err := lab.StartBound(cmd)
		if err == nil {
			err = ending(filepath.Base(program), <-ended, output.Lines(lastWords))
		}
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
}

// ending says that something ended that should not have, with its last words.
func ending(name string, reason error, words string) error {
	if reason == nil {
		reason = errors.New("status 0")
	}
	if words == "" {
		return fmt.Errorf("%s ended: %w", name, reason)
	}
	return fmt.Errorf("%s ended: %w; its last words:\n%s", name, reason, words)
}
