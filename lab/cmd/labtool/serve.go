package main

import (
	"context"
	"errors"
	"net/http"

	"github.com/alecthomas/kingpin/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab/traffic"
)

type serveCommand struct {
	listen   string
	name     string
	seed     uint64
	settings traffic.Settings
}

func newServeCommand(app *kingpin.Application) *serveCommand {
	s := new(serveCommand)
	cmd := app.Command("serve", "A real server for HTTP; POST /set and GET /stat change and tell its settings.")
	cmd.Flag("listen", "Address to serve on.").Default(":8080").StringVar(&s.listen)
	cmd.Flag("name", "Name to answer with.").Required().StringVar(&s.name)
	cmd.Flag("seed", "Seed of the service times.").Default("1").Uint64Var(&s.seed)
	cmd.Flag("service-time", "Mean service time.").Default("0s").DurationVar(&s.settings.ServiceTime)
	cmd.Flag("distribution", "Of the service times: fixed or exponential.").Default("fixed").StringVar((*string)(&s.settings.Distribution))
	cmd.Flag("workers", "Requests served at once; 0: no limit.").Default("0").IntVar(&s.settings.Workers)
	return s
}

func (s *serveCommand) run(ctx context.Context) error {
	handler, err := traffic.NewServer(s.name, s.seed, s.settings)
	if err != nil {
		return err
	}
	server := &http.Server{Addr: s.listen, Handler: handler}
	defer context.AfterFunc(ctx, func() { server.Close() })()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
