package main

import (
	"context"
	"errors"
	"testing"
)

func TestTogether(t *testing.T) {
	broken := errors.New("broken")
	tests := []struct {
		name  string
		first func(cancel context.CancelFunc) error
		want  error
	}{
		{"a task fails", func(context.CancelFunc) error { return broken }, broken},
		{"told to stop", func(cancel context.CancelFunc) error { cancel(); return context.Canceled }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			stopped := false
			err := together(ctx,
				func(context.Context) error { return tt.first(cancel) },
				func(ctx context.Context) error { <-ctx.Done(); stopped = true; return nil })
			if !errors.Is(err, tt.want) || !stopped {
				t.Errorf("error %v, want %v; the other task was stopped: %t", err, tt.want, stopped)
			}
		})
	}
}
