package lab

import (
	"context"
	"fmt"
	"slices"
)

// Machine is a running guest.
type Machine struct {
	forward []Forward
	cancel  context.CancelFunc
	done    chan struct{}
	status  int
	err     error
}

// Run boots the lab, runs the command and returns its exit status, once
// everything that it wrote has been handed on. The error is nil if a status
// came back, whatever it is; a [*DiedError] if the guest ended without one; and
// wraps the cause of ctx's end if that came first.
func Run(ctx context.Context, c Config) (status int, err error) {
	m, err := Start(ctx, c)
	if err != nil {
		return 0, err
	}
	return m.Wait()
}

// Start boots the lab and returns while it is booting. The guest lives until
// its command has ended, ctx is done, or this program ends, however it ends.
func Start(ctx context.Context, c Config) (*Machine, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("lab: %w", err)
	}
	image, err := BuildImage(ctx, c.Kernel, c.Log)
	if err != nil {
		return nil, err
	}
	m, err := boot(ctx, image, accelerator(ctx, image, c.Count), c)
	if err != nil {
		return nil, fmt.Errorf("lab: boot kernel %s: %w", c.Kernel, err)
	}
	return m, nil
}

// Wait waits for the guest's end; see [Run] for what it returns. It may be
// called again, and by many.
func (m *Machine) Wait() (status int, err error) {
	<-m.done
	return m.status, m.err
}

// Stop ends the guest, if it has not ended, and waits for that. A [Machine.Wait]
// that it cuts short returns an error that wraps [context.Canceled].
func (m *Machine) Stop() {
	m.cancel()
	<-m.done
}

// Forwarded returns the host's port that leads to the guest's, 0 if none does.
func (m *Machine) Forwarded(guest uint16) uint16 {
	i := slices.IndexFunc(m.forward, func(f Forward) bool { return f.Guest == guest })
	if i < 0 {
		return 0
	}
	return m.forward[i].Host
}
