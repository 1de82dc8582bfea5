package daemon

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/zap"
)

// parseWebFlags returns the flags of a program that listens on a free port.
func parseWebFlags(t *testing.T) *WebFlags {
	t.Helper()
	app := Application("test", "")
	f := AddWebFlags(app, "127.0.0.1:0")
	if _, err := Parse(app, nil); err != nil {
		t.Fatal(err)
	}
	return f
}

func untilDone(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

func TestRunEndsWithItsFirstTask(t *testing.T) {
	broken := errors.New("broken")
	stopped := false
	err := Run(t.Context(), zap.NewNop(), parseWebFlags(t), http.NotFoundHandler(),
		func(context.Context) error { return broken },
		func(ctx context.Context) error { stopped = true; return untilDone(ctx) })
	if !errors.Is(err, broken) || !stopped {
		t.Errorf("error %v, the other task was run and stopped: %t", err, stopped)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	err := Run(ctx, zap.NewNop(), parseWebFlags(t), http.NotFoundHandler(),
		func(ctx context.Context) error { cancel(); return untilDone(ctx) })
	if err != nil {
		t.Error(err)
	}
}

func TestRunEndsOnASignal(t *testing.T) {
	// Until the program listens for the signal, this takes it.
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGTERM)
	defer signal.Stop(caught)
	err := Run(t.Context(), zap.NewNop(), parseWebFlags(t), http.NotFoundHandler(), func(ctx context.Context) error {
		for ctx.Err() == nil {
			if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
				return err
			}
			<-caught
			runtime.Gosched()
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestRunCannotListen(t *testing.T) {
	for address, want := range map[string]string{
		"127.0.0.1:notaport": "listen tcp: lookup tcp/notaport: unknown port",
		"":                   `--web.listen-address: "" is no address; want [HOST]:PORT`,
	} {
		app := Application("test", "")
		f := AddWebFlags(app, "127.0.0.1:0")
		if _, err := Parse(app, []string{"--web.listen-address=" + address}); err != nil {
			t.Fatal(err)
		}
		if err := Run(t.Context(), zap.NewNop(), f, http.NotFoundHandler(), untilDone); err == nil || err.Error() != want {
			t.Errorf("%q: error %v, want %s", address, err, want)
		}
	}
}

func TestUsage(t *testing.T) {
	tests := []struct{ name, flag, want string }{
		{"unknown flag", "--nonsense", "unknown long flag '--nonsense'; see test --help"},
		{"path without a slash", "--web.telemetry-path=metrics", `path "metrics": want / and a name; see test --help`},
		{"path of the landing page", "--web.telemetry-path=/", `path "/": want / and a name; see test --help`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			app := Application("test", "")
			AddWebFlags(app, ":0")
			_, err := Parse(app, []string{test.flag})
			if usage := (*UsageError)(nil); !errors.As(err, &usage) || err.Error() != test.want {
				t.Errorf("error %v, want %s", err, test.want)
			}
		})
	}
}

func TestMainPrintsOneLine(t *testing.T) {
	tests := []struct {
		name   string
		err    error
		status int
		want   string
	}{
		{"done", nil, 0, ""},
		{"could not", errors.New("first\nsecond"), exitFailed, "test: first; second\n"},
		{"usage", &UsageError{errors.New("no such flag")}, exitUsage, "test: no such flag\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var stderr bytes.Buffer
			status := Main("test", &stderr, func(context.Context, []string) error { return test.err })
			if status != test.status || stderr.String() != test.want {
				t.Errorf("status %d, printed %q", status, stderr.String())
			}
		})
	}
}

func TestLogger(t *testing.T) {
	tests := []struct{ name, flag, want string }{
		{"console", "--log.format=console", "\tinfo\thello\n"},
		{"json", "--log.format=json", `"level":"info"`},
		{"level", "--log.level=warn", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			app := Application("test", "")
			f := AddLogFlags(app)
			if _, err := Parse(app, []string{test.flag}); err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			log, err := f.Logger(&b)
			if err != nil {
				t.Fatal(err)
			}
			log.Info("hello")
			if !strings.Contains(b.String(), test.want) || (test.want == "") != (b.Len() == 0) {
				t.Errorf("printed %q", b.String())
			}
		})
	}
}
