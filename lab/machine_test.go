//go:build lab

package lab

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// These tests boot the lab: go test -tags lab ./lab/

func TestRun(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "script"), `#!/bin/sh
echo "output $*"
echo "variable $VARIABLE, folder $PWD" >&2
modprobe ip_vs && ipvsadm -Ln >/out/table
mkdir /out/sub && uname -r >/out/sub/release
exit 7
`, 0o755)
	var stdout, stderr strings.Builder
	status, err := Run(limited(t), Config{
		Command: []string{"script", "it's", "$HOME"},
		Env:     []string{"VARIABLE=a b"},
		Files:   []File{{Host: filepath.Join(folder, "script")}},
		Out:     filepath.Join(folder, "out"),
		Stdout:  &stdout,
		Stderr:  &stderr,
	})
	if status != 7 || err != nil {
		t.Errorf("status %d, error %v, want 7", status, err)
	}
	if got, want := stdout.String(), "output it's $HOME\n"; got != want {
		t.Errorf("standard output %q, want %q", got, want)
	}
	if got, want := stderr.String(), "variable a b, folder /lab\n"; got != want {
		t.Errorf("standard error %q, want %q", got, want)
	}
	wantFile(t, filepath.Join(folder, "out/table"), "IP Virtual Server version 1.2.1")
	wantFile(t, filepath.Join(folder, "out/sub/release"), kernel("")+".")
}

// TestForward reaches a server inside, whose guest has told while running that
// it is there.
func TestForward(t *testing.T) {
	m, ready := start(t, limited(t), "echo hello >page; httpd -p 9975; echo ready; exec sleep 1000", Forward{Guest: 9975})
	ready()
	answer, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/page", m.Forwarded(9975)))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if page, err := io.ReadAll(answer.Body); string(page) != "hello\n" {
		t.Errorf("page %q, error %v, want hello", page, err)
	}
	m.Stop()
	if _, err := m.Wait(); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

// TestCount runs a loop in six shells: it takes as many instructions in the middle
// one of three as in that of the others, but for a few that interrupts cost, and
// each of them a nanosecond.
func TestCount(t *testing.T) {
	const script = `for shell in 1 2 3 4 5 6; do
	sh -c 'read -r cpu _ </proc/$$/schedstat; read -r clock _ </proc/uptime
		i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done
		echo $(cut -d" " -f1 /proc/$$/schedstat) $cpu $(cut -d" " -f1 /proc/uptime) $clock'
	done`
	var stdout strings.Builder
	status, err := Run(limited(t), Config{Command: []string{"sh", "-c", script}, Count: true, Stdout: &stdout})
	if status != 0 || err != nil {
		t.Fatalf("status %d, error %v", status, err)
	}
	output := strings.NewReader(stdout.String())
	var took [6]float64
	for i := range took {
		var end, start, late, early float64 // nanoseconds of the shell's, seconds of the clock's
		if _, err := fmt.Fscan(output, &end, &start, &late, &early); err != nil {
			t.Fatalf("output %q: %v", stdout.String(), err)
		}
		took[i] = end - start
		if clock := late - early; clock < took[i]/1e9-0.02 {
			t.Errorf("the shell took %.0f ns, but the clock went %.2f s on", took[i], clock)
		}
	}
	slices.Sort(took[:3])
	slices.Sort(took[3:])
	if ratio := took[1] / took[4]; ratio < 0.999 || ratio > 1.001 {
		t.Errorf("the loop took %.0f ns", took)
	}
}

func TestTimeLimit(t *testing.T) {
	ctx, cancel := context.WithCancelCause(limited(t))
	m, ready := start(t, ctx, "echo ready; exec sleep 1000")
	ready()
	cancel(context.DeadlineExceeded)
	if _, err := m.Wait(); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want %v", err, context.DeadlineExceeded)
	}
}

func TestGuestDies(t *testing.T) {
	m, _ := start(t, limited(t), "echo c >/proc/sysrq-trigger")
	_, err := m.Wait()
	var died *DiedError
	if !errors.As(err, &died) {
		t.Fatalf("error %v, want that the guest died", err)
	}
	if !strings.Contains(died.Console, "Kernel panic") {
		t.Errorf("console has\n%s\nwant the kernel's last words", died.Console)
	}
}

// start boots the lab for a shell script; ready waits for the first line that
// it prints.
func start(t *testing.T, ctx context.Context, script string, forward ...Forward) (m *Machine, ready func()) {
	t.Helper()
	r, w := io.Pipe()
	m, err := Start(ctx, Config{Command: []string{"sh", "-c", script}, Forward: forward, Stdout: w, Stderr: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Stop)
	return m, func() {
		t.Helper()
		context.AfterFunc(ctx, func() { w.CloseWithError(context.Cause(ctx)) })
		if line, err := bufio.NewReader(r).ReadString('\n'); line != "ready\n" {
			t.Fatalf("first line %q, error %v, want ready", line, err)
		}
	}
}

func limited(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func wantFile(t *testing.T, file, beginning string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Error(err)
	}
	if !strings.HasPrefix(string(content), beginning) {
		t.Errorf("%s has %q, want it to begin with %q", file, content, beginning)
	}
}
