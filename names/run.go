package names

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	dockerInterval = 15 * time.Second
	dnsInterval    = 30 * time.Second
)

// Run watches the file and reads the other sources again and again until ctx
// ends. It fails only where the file's folder cannot be watched.
func (n *Names) Run(ctx context.Context) error {
	if n == nil {
		<-ctx.Done()
		return nil
	}
	var polls sync.WaitGroup
	defer polls.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if n.docker != nil {
		polls.Go(func() { every(ctx, dockerInterval, nil, n.dockerStatus, n.readDocker) })
	}
	if n.dns != nil {
		polls.Go(func() { every(ctx, dnsInterval, n.dns.asked, n.dnsStatus, n.dns.refresh) })
	}
	return n.watch(ctx)
}

// every reads a source now, after each interval, and whenever soon has an
// element, until ctx ends, which is no fault of the source's.
func every(ctx context.Context, interval time.Duration, soon <-chan struct{}, s *status, read func(context.Context) error) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		err := read(ctx)
		if ctx.Err() != nil {
			return
		}
		s.note(err)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-soon:
		}
	}
}

// readDocker keeps the last good answer, and for a while the names of tasks
// that a new one lacks.
func (n *Names) readDocker(ctx context.Context) error {
	s, err := n.docker.read(ctx)
	if err == nil {
		s.keep(n.swarm.Load(), time.Now())
		n.swarm.Store(s)
	}
	return err
}

func (n *Names) watch(ctx context.Context) error {
	if n.file == "" {
		<-ctx.Done()
		return nil
	}
	if err := watch(ctx, n.file, func() { _ = n.Reload() }); err != nil { // Reload reports its error
		return fmt.Errorf("watch the folder of %s: %w", n.file, err)
	}
	return nil
}
