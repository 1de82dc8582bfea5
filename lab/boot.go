package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// boot starts QEMU and returns once it runs.
func boot(ctx context.Context, image Image, accelerator string, c Config) (*Machine, error) {
	initrd, err := newInitrd(image, c)
	if err != nil {
		return nil, err
	}
	defer initrd.Close()
	streams, err := openStreams()
	if err != nil {
		return nil, err
	}
	defer streams.closeWriters()
	ctx, cancel := context.WithCancel(ctx)
	m := &Machine{forward: c.Forward, cancel: cancel, done: make(chan struct{})}
	cmd := exec.CommandContext(ctx, "qemu-system-x86_64", qemuArgs(image, accelerator, c)...)
	cmd.ExtraFiles = append([]*os.File{initrd}, streams.writers[:]...)
	report := new(bytes.Buffer)
	cmd.Stderr = report
	ended, err := StartBound(cmd)
	if err != nil {
		cancel()
		streams.closeReaders()
		return nil, err
	}
	go func() {
		defer close(m.done)
		defer cancel()
		result := streams.handOn(c)
		m.status, m.err = conclude(ctx, result, <-ended, report.String())
	}()
	return m, nil
}

// StartBound starts cmd so that the kernel kills it when this process ends,
// even by a signal that none can catch. The kernel looks at the thread that
// started it (PR_SET_PDEATHSIG in prctl(2)), so that thread waits for its end.
// Of a terminal's signals it gets none: it is for this process to end it.
func StartBound(cmd *exec.Cmd) (ended <-chan error, err error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	started, end := make(chan error), make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			end <- cmd.Wait()
		}
	}()
	return end, <-started
}

// conclude tells an exit status from the ways of not getting one.
func conclude(ctx context.Context, r result, ended error, report string) (int, error) {
	status, err := strconv.Atoi(strings.TrimSpace(r.status))
	switch {
	case err == nil && ended == nil && r.err != nil:
		return status, fmt.Errorf("lab: %w", r.err)
	case err == nil && ended == nil:
		return status, nil
	case errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		return 0, fmt.Errorf("lab: the time limit ended the guest: %w", context.Cause(ctx))
	case ctx.Err() != nil:
		return 0, fmt.Errorf("lab: the guest was stopped: %w", context.Cause(ctx))
	}
	return 0, &DiedError{QEMU: strings.TrimSpace(report), Console: r.console}
}
