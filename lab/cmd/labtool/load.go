package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kingpin/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab/traffic"
)

type loadCommand struct {
	load traffic.Load
	log  string
	url  string
}

func newLoadCommand(app *kingpin.Application) *loadCommand {
	l := new(loadCommand)
	cmd := app.Command("load", "Poisson load, a new connection for each request; prints a summary in JSON.")
	cmd.Flag("rate", "Mean requests per second.").Default("20").Float64Var(&l.load.Rate)
	cmd.Flag("duration", "How long requests are started.").Default("10s").DurationVar(&l.load.Duration)
	cmd.Flag("requests", "At most so many; 0: no limit.").Default("0").IntVar(&l.load.Requests)
	cmd.Flag("in-flight", "At most so many at once; further ones fail unsent.").Default("500").IntVar(&l.load.InFlight)
	cmd.Flag("timeout", "Time limit of a request.").Default("5s").DurationVar(&l.load.Timeout)
	cmd.Flag("seed", "Seed of the instants.").Default("1").Uint64Var(&l.load.Seed)
	cmd.Flag("log", "File that gets a line of JSON for each request, as each ends.").StringVar(&l.log)
	cmd.Arg("url", "What to get.").Required().StringVar(&l.url)
	return l
}

// run fails if no request at all was answered.
func (l *loadCommand) run(ctx context.Context, stdout io.Writer) error {
	if err := l.load.Check(); err != nil {
		return err
	}
	requests, err := l.requests(ctx)
	if err != nil {
		return fmt.Errorf("log of requests: %w", err)
	}
	summary := traffic.Summarize(requests)
	if err := json.NewEncoder(stdout).Encode(summary); err != nil {
		return err
	}
	if summary.Requests == summary.Errors {
		return noAnswer(l.url, requests)
	}
	return nil
}

func noAnswer(url string, requests []traffic.Request) error {
	if len(requests) == 0 {
		return fmt.Errorf("no request was due in the time given for %s", url)
	}
	return fmt.Errorf("none of %d requests was answered, the last: %w", len(requests), requests[len(requests)-1].Err)
}

// requests makes the load and the log.
func (l *loadCommand) requests(ctx context.Context) ([]traffic.Request, error) {
	log, err := openLog(l.log)
	if err != nil {
		return nil, err
	}
	var requests []traffic.Request
	buffered := bufio.NewWriter(log)
	encoder := json.NewEncoder(buffered)
	l.load.Run(ctx, traffic.HTTP(l.url), func(r traffic.Request) {
		requests = append(requests, r)
		encoder.Encode(r) // what is wrong with the file shows at Flush
	})
	return requests, errors.Join(buffered.Flush(), log.Close())
}

func openLog(file string) (io.WriteCloser, error) {
	if file == "" {
		return discard{}, nil
	}
	return os.Create(file)
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) Close() error                { return nil }
