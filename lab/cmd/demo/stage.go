package main

import (
	"context"
	"errors"

	"github.com/oklog/run"
)

// stage is what the parts of the demonstration share.
type stage struct {
	programs string // folder of ipvs-exporter, weight-tuner and labtool
	temp     string // folder that is removed at the end
	ports    ports
	screen   *screen
}

// task runs until ctx is done, or ends earlier with the reason.
type task func(ctx context.Context) error

func (s *stage) play(ctx context.Context, inLab bool) error {
	director := s.host
	if inLab {
		director = s.lab
	}
	tasks, err := director()
	if err != nil {
		return err
	}
	if prometheus, ok := s.prometheus(ctx); ok {
		tasks = append(tasks, prometheus)
	}
	if grafana, ok := s.grafana(); ok {
		tasks = append(tasks, grafana)
	}
	return together(ctx, append(tasks, s.watch)...)
}

// together runs the tasks until ctx is done or the first of them ends, stops
// the others and waits for them all. The end of ctx is no error.
func together(ctx context.Context, tasks ...task) error {
	var group run.Group
	group.Add(run.ContextHandler(ctx))
	for _, t := range tasks {
		taskContext, cancel := context.WithCancel(context.WithoutCancel(ctx))
		group.Add(func() error { return t(taskContext) }, func(error) { cancel() })
	}
	if err := group.Run(); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
