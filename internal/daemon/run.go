package daemon

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"syscall"
	"time"

	"github.com/oklog/run"
	"github.com/prometheus/exporter-toolkit/web"
	"go.uber.org/zap"
	"go.uber.org/zap/exp/zapslog"
)

// shutdownTimeout is how long answers under way may take once the program
// has been told to stop.
const shutdownTimeout = 5 * time.Second

// Run serves handler and runs the tasks until ctx is done, SIGINT or SIGTERM
// arrives, or one of them ends; then it stops the others, waits for all, and
// returns the error of the first. A signal is no error.
func Run(ctx context.Context, log *zap.Logger, flags *WebFlags, handler http.Handler, tasks ...func(context.Context) error) error {
	if err := flags.check(); err != nil {
		return err
	}
	var group run.Group
	group.Add(run.ContextHandler(ctx))
	group.Add(run.SignalHandler(context.Background(), os.Interrupt, syscall.SIGTERM))
	addServer(&group, log, flags, handler)
	for _, task := range tasks {
		addTask(&group, task)
	}
	err := group.Run()
	if errors.Is(err, run.ErrSignal) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func addServer(group *run.Group, log *zap.Logger, flags *WebFlags, handler http.Handler) {
	server := newServer(handler)
	logger := slog.New(zapslog.NewHandler(log.Core()))
	group.Add(
		func() error { return web.ListenAndServe(server, flags.toolkit, logger) },
		func(error) {
			ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
			defer cancel()
			if server.Shutdown(ctx) != nil {
				_ = server.Close()
			}
		})
}

func addTask(group *run.Group, task func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	group.Add(func() error { return task(ctx) }, func(error) { cancel() })
}
