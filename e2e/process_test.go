//go:build lab

package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// startIn runs a program in a network namespace and waits until url answers.
// stop, which the end of the test calls too, asks the program to stop, as it
// must by itself, with status 0.
func startIn(t *testing.T, namespace, command, url string) (out *output, stop func()) {
	t.Helper()
	return startBy(t, namespace, command, url, func(cmd *exec.Cmd) error { return inNetns(namespace, cmd.Start) })
}

// startBy does the same with a program that start puts into the namespace.
func startBy(t *testing.T, namespace, command, url string, start func(*exec.Cmd) error) (out *output, stop func()) {
	t.Helper()
	out, stop = launch(t, command, start)
	eventually(t, func() error {
		answer, err := client(namespace).Get(url)
		if err != nil {
			return fmt.Errorf("%w\n%s", err, out)
		}
		return answer.Body.Close()
	})
	return out, stop
}

// launch runs a program as start starts it, and waits for nothing.
func launch(t *testing.T, command string, start func(*exec.Cmd) error) (out *output, stop func()) {
	t.Helper()
	out = &output{}
	fields := strings.Fields(command)
	cmd := exec.Command(fields[0], fields[1:]...)
	cmd.Stdout, cmd.Stderr = out, out
	if err := start(cmd); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	stop = sync.OnceFunc(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("%s: %v\n%s", command, err, out)
			}
		case <-time.After(20 * time.Second):
			_ = cmd.Process.Kill()
			t.Errorf("%s: still runs 20 s after SIGTERM\n%s", command, out)
		}
	})
	t.Cleanup(stop)
	return out, stop
}

// output is what a program prints, readable while it runs.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// sh runs a shell script and returns what it printed on standard output.
func sh(t testing.TB, script string) string {
	t.Helper()
	return shIn(t, "", script)
}

// shIn runs a shell script in a network namespace, up to a command that fails.
func shIn(t testing.TB, namespace, script string) string {
	t.Helper()
	var out []byte
	err := inNetns(namespace, func() (err error) {
		out, err = exec.Command("sh", "-ec", script).Output()
		return err
	})
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w\n%s", err, exit.Stderr)
		}
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
	return string(out)
}

// eventually tries for as long as the kernel's counters may lag, and much
// longer.
func eventually(t *testing.T, try func() error) {
	t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not so after 2 minutes: %v", err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
