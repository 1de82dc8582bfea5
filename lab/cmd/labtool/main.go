// Command labtool makes the lab's traffic: a real server, and load on a virtual
// service.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kingpin/v2"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "labtool:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout io.Writer) error {
	app := kingpin.New("labtool", "Traffic for the lab.")
	serve, load := newServeCommand(app), newLoadCommand(app)
	command, err := app.Parse(args)
	if err != nil {
		return err
	}
	if command == "serve" {
		return serve.run(ctx)
	}
	return load.run(ctx, stdout)
}
