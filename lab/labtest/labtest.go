// Package labtest runs the tests of a package in the lab, where there is a
// kernel with IPVS.
//
// The package's TestMain calls [Main]. On the host, that boots the lab and runs
// this very test program in it; the tests themselves only ever run inside. To
// run there the program must be static:
//
//	CGO_ENABLED=0 go test ./...
//
// With LAB=host in the environment the tests run right here instead, which wants
// root and a kernel with IPVS, and a machine to spare: networks are built in
// namespaces of their own, but with the names that [lab] uses.
package labtest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab"
)

// Config says what the tests need beside themselves.
type Config struct {
	Commands  []string   // packages of commands to have in PATH, as Build takes them
	Files     []lab.File // in the folder that Folder returns
	Kernel    string     // see lab.Config
	MemoryMiB int        // see lab.Config
	Count     bool       // see lab.Config
	Out       string     // see lab.Config
}

// Main runs the tests in the lab, or in place if this is the lab, and exits with
// their status.
func Main(m *testing.M, c Config) {
	flag.Parse()
	status, err := run(m, c)
	if err != nil {
		printError(err)
		os.Exit(1)
	}
	os.Exit(status)
}

// Folder returns where the files, the commands, lib.sh and nat.sh are: /lab,
// except with LAB=host. It is in PATH, and the tests' working folder in the lab.
func Folder() string {
	if folder := os.Getenv("LAB_FOLDER"); folder != "" {
		return folder
	}
	return "/lab"
}

func run(m *testing.M, c Config) (status int, err error) {
	if os.Getenv("LAB_GUEST") == "1" {
		return m.Run(), nil
	}
	folder, err := os.MkdirTemp("", "labtest-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder)
	if err := Build(folder, c.Commands...); err != nil {
		return 0, err
	}
	if os.Getenv("LAB") == "host" {
		return runHere(m, folder, c.Files)
	}
	return runInside(folder, c)
}

// runInside boots the lab for this program.
func runInside(folder string, c Config) (status int, err error) {
	program, err := os.Executable()
	if err != nil {
		return 0, err
	}
	if err := checkStatic(program); err != nil {
		return 0, err
	}
	ctx, cancel := limit()
	defer cancel()
	return lab.Run(ctx, lab.Config{
		Kernel:    c.Kernel,
		MemoryMiB: c.MemoryMiB,
		Count:     c.Count,
		Out:       c.Out,
		Command:   append([]string{"/lab/.test"}, guestFlags(os.Args[1:])...),
		Files:     append(builtFiles(folder, c.Commands), append(c.Files, lab.File{Host: program, Guest: ".test"})...),
		Stdout:    os.Stdout,
		Stderr:    os.Stderr,
		Log:       os.Stderr,
	})
}

// limit ends the lab on a signal, and some time after the tests' own limit, so
// that they can tell which test it was.
func limit() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	timeout := flag.Lookup("test.timeout").Value.(flag.Getter).Get().(time.Duration)
	if timeout == 0 {
		return ctx, stop
	}
	ctx, cancel := context.WithTimeout(ctx, timeout+30*time.Second)
	return ctx, func() { cancel(); stop() }
}

func printError(err error) {
	var died *lab.DiedError
	if errors.As(err, &died) {
		fmt.Fprintln(os.Stderr, died.Console)
	}
	fmt.Fprintln(os.Stderr, err)
}
