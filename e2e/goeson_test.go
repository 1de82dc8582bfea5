//go:build lab

package e2e

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// moody is a Prometheus that may answer with something else.
type moody struct {
	fickle
	instead atomic.Pointer[string] // nil answers as it should
}

// ServeHTTP implements http.Handler.
func (m *moody) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if text := m.instead.Load(); text != nil {
		_, _ = w.Write([]byte(*text))
		return
	}
	m.fickle.ServeHTTP(w, r)
}

// startThroughFaults runs a tuner that writes weights at each decision, in the
// tests' network namespace, with its state in a small file system of its own.
func startThroughFaults(t *testing.T) (prom *moody, folder string, out *output) {
	t.Helper()
	enterNetns(t)
	readd(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	prom = &moody{fickle: fickle{make(chan struct{}, 1)}}
	server := &http.Server{Handler: prom}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	folder = t.TempDir()
	sh(t, "mount -t tmpfs -o size=1m none "+folder)
	t.Cleanup(func() { sh(t, "umount "+folder) })
	config := filepath.Join(t.TempDir(), "config")
	text := fmt.Sprintf(`{interval: 4s, state_file: %s/state.json, audit_log: {file: %s.jsonl},
		sources: {prom: {type: prometheus, url: 'http://%s', latency: latency, requests: requests}},
		services: [{match: 'tcp/*', policy: inverse_latency, source: prom, settle: 0s, guards: {observe_first: 0}}]}`, folder, config, listener.Addr())
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out = &output{}
	cmd := exec.Command("weight-tuner", "run", "--web.listen-address=127.0.0.1:0", "--config.file="+config)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("ended with %v:\n%s", err, out)
		}
	})
	return prom, folder, out
}

// readd adds the service of the tests, anew where it is there.
func readd(t *testing.T) {
	t.Helper()
	table := "-C\n-A -t 10.0.1.100:80 -s wrr\n"
	for i := range 20 {
		table += fmt.Sprintf("-a -t 10.0.1.100:80 -r %s -m -w %d\n", killedServer(i), killedWeight)
	}
	sh(t, "ipvsadm -C")
	ipvsadm(t, "", strings.TrimPrefix(table, "-C\n"))
}

// awaitOtherWeights waits until the tuner writes.
func awaitOtherWeights(t *testing.T, out *output) {
	t.Helper()
	before, _ := written(t)
	for began := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		if now, _ := written(t); !maps.Equal(now, before) {
			return
		}
		if time.Since(began) > 40*time.Second {
			t.Fatalf("it writes nothing any more:\n%s", out)
		}
	}
}

// While the state cannot be saved, or Prometheus answers anything, no weight is
// written and one line says why; once that is over, and through what becomes of
// the service, its servers and the clock, the tuner goes on.
func TestGoesOnAfterFaults(t *testing.T) {
	prom, folder, out := startThroughFaults(t)
	instead := func(text string) func() { return func() { prom.instead.Store(&text) } }
	well := func() { prom.instead.Store(nil) }
	run := func(script string) func() { return func() { sh(t, script) } }
	tests := []struct {
		name       string
		begin, end func()
		says       string // while it lasts, and no weight is written; "" is nothing that lasts
	}{
		{"state folder full", run("dd if=/dev/zero of=" + folder + "/full 2>/dev/null || true"), run("rm " + folder + "/full"), "save the state"},
		{"state folder read-only", run("mount -o remount,ro " + folder), run("mount -o remount,rw " + folder), "save the state"},
		{"Prometheus answers HTML", instead("<html><body>Bad gateway</body></html>"), well, "read the source prom"},
		{"Prometheus answers 50 MB", instead(strings.Repeat("[", 50<<20)), well, "read the source prom"},
		{"clock an hour forth", run("date -s @$(($(date +%s) + 3600))"), func() {}, ""},
		{"clock an hour back", run("date -s @$(($(date +%s) - 3600))"), func() {}, ""},
		{"server deleted and added again", run("ipvsadm -d -t 10.0.1.100:80 -r " + killedServer(3) + "; ipvsadm -a -t 10.0.1.100:80 -m -w 77 -r " + killedServer(3)), func() {}, ""},
		{"service scheduled otherwise", run("ipvsadm -E -t 10.0.1.100:80 -s sh; sleep 5"), run("ipvsadm -E -t 10.0.1.100:80 -s wrr"), ""},
		{"service deleted and added again", func() { readd(t) }, func() {}, ""},
		{"service deleted for a while", run("ipvsadm -C; sleep 9"), func() { readd(t) }, ""},
	}
	awaitOtherWeights(t, out)
	for _, test := range tests {
		said := len(out.String())
		test.begin()
		if test.says != "" {
			expectStill(t, test.name, test.says, out, said)
		}
		test.end()
		awaitOtherWeights(t, out)
	}
	if text := out.String(); strings.Contains(text, "panic") || strings.Contains(text, "goroutine") {
		t.Errorf("it said\n%s", text)
	}
}

// expectStill wants the weights to stand for two decisions from when the tuner
// says why, in one line.
func expectStill(t *testing.T, name, says string, out *output, from int) {
	t.Helper()
	eventually(t, func() error {
		if !strings.Contains(out.String()[from:], says) {
			return fmt.Errorf("%s: it does not say %q:\n%s", name, says, out.String()[from:])
		}
		return nil
	})
	before, _ := written(t)
	time.Sleep(9 * time.Second)
	if now, _ := written(t); !maps.Equal(now, before) {
		t.Errorf("%s: weights %v became %v", name, before, now)
	}
	if n := strings.Count(out.String()[from:], says); n != 1 {
		t.Errorf("%s: it says that %d times:\n%s", name, n, out.String()[from:])
	}
}
