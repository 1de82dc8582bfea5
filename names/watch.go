package names

import (
	"context"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long after the first sign of a change a file is read: what
// writes it has finished by then, and a busy folder costs a read a second.
const settle = time.Second

// watch calls changed soon after something changed in the folder of file,
// until ctx ends. The file itself is not watched: editors put another in its
// place, and Kubernetes a whole folder behind a symbolic link.
func watch(ctx context.Context, file string, changed func()) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	defer watcher.Close()
	if err := watcher.Add(filepath.Dir(file)); err != nil {
		return err
	}
	changed() // it may have changed before the watch began
	return settled(ctx, watcher.Events, watcher.Errors, changed)
}

// settled calls changed once for the events that come close together. An
// error, as of an overflown queue, can hide an event and counts as one.
func settled(ctx context.Context, events <-chan fsnotify.Event, errors <-chan error, changed func()) error {
	var due <-chan time.Time // nil while nothing has happened
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-due:
			due = nil
			changed()
			continue
		case <-events:
		case <-errors:
		}
		if due == nil {
			due = time.After(settle)
		}
	}
}
