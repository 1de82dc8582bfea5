package names

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestNewMistakes(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "broken"), "services: []\n")
	tests := []struct {
		name    string
		options Options
		want    string
	}{
		{"no such file", Options{File: filepath.Join(dir, "none")}, "open " + dir + "/none: no such file or directory"},
		{"broken file", Options{File: filepath.Join(dir, "broken")}, dir + "/broken:1: services: is not a mapping of keys to values"},
		{"Docker's host", Options{Docker: "manager"}, `docker host "manager": want unix:///PATH or tcp://HOST:PORT`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := New(test.options); err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// reports collects what a Names reports.
type reports chan string

func (r reports) report(source string, err error) { r <- source + ": " + text(err) }

// next waits for a report.
func (r reports) next(t *testing.T) string {
	t.Helper()
	select {
	case got := <-r:
		return got
	case <-t.Context().Done():
	case <-time.After(30 * time.Second):
	}
	t.Fatal("nothing reported")
	return ""
}

const (
	fileShop  = "services: {10.0.0.1: shop}\n"
	fileStore = "services: {10.0.0.1: store}\n"
)

func (n *Names) shop() string { return n.Service("", serviceID("tcp/10.0.0.1:80"), nil) }

func TestReload(t *testing.T) {
	file := filepath.Join(t.TempDir(), "names.yaml")
	write(t, file, fileShop)
	got := make(reports, 9)
	n, err := New(Options{File: file, Report: got.report})
	if err != nil {
		t.Fatal(err)
	}
	loaded := n.Sources()[0].LastSuccess
	if n.shop() != "shop" || loaded.IsZero() {
		t.Fatalf("first read: name %q, sources %+v", n.shop(), n.Sources())
	}
	write(t, file, "services: []\n")
	for range 2 {
		if err := n.Reload(); !errors.As(err, new(*FileError)) {
			t.Errorf("broken file: error %v", err)
		}
	}
	if s := n.Sources()[0]; n.shop() != "shop" || s.Err == nil || s.LastSuccess != loaded {
		t.Errorf("broken file: name %q, status %+v", n.shop(), s)
	}
	write(t, file, fileStore)
	if err := n.Reload(); err != nil {
		t.Error(err)
	}
	if s := n.Sources()[0]; n.shop() != "store" || s.Err != nil || !s.LastSuccess.After(loaded) {
		t.Errorf("mended file: name %q, status %+v", n.shop(), s)
	}
	want := []string{"file: " + file + ":1: services: is not a mapping of keys to values", "file: "}
	if len(got) != len(want) || <-got != want[0] || <-got != want[1] {
		t.Errorf("reported other than %q", want)
	}
}

// Editors rename a new file over the old one; Kubernetes exchanges a symbolic
// link to the folder that the file's own link leads through.
func TestRunSeesChanges(t *testing.T) {
	const broken = "services: 1\n"
	tests := []struct {
		name         string
		make, change func(t *testing.T, dir, file string)
	}{
		{"removed", writeShop, func(t *testing.T, _, file string) { must(t, os.Remove(file)) }},
		{"written in place", writeShop, func(t *testing.T, _, file string) { write(t, file, broken) }},
		{"renamed over", writeShop, func(t *testing.T, dir, file string) {
			write(t, dir+"/new", broken)
			must(t, os.Rename(dir+"/new", file))
		}},
		{"link exchanged", linkShop, func(t *testing.T, dir, _ string) {
			must(t, os.Mkdir(dir+"/..v2", 0o755))
			write(t, dir+"/..v2/names.yaml", broken)
			must(t, os.Symlink("..v2", dir+"/..tmp"))
			must(t, os.Rename(dir+"/..tmp", dir+"/..data"))
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			file := dir + "/names.yaml"
			test.make(t, dir, file)
			got := make(reports, 9)
			n, err := New(Options{File: file, Report: got.report})
			if err != nil {
				t.Fatal(err)
			}
			run(t, n)
			test.change(t, dir, file)
			if problem := got.next(t); !strings.HasPrefix(problem, "file: ") || n.shop() != "shop" {
				t.Errorf("reported %q, and the name is %q", problem, n.shop())
			}
		})
	}
}

func writeShop(t *testing.T, _, file string) { write(t, file, fileShop) }

func linkShop(t *testing.T, dir, file string) {
	must(t, os.Mkdir(dir+"/..v1", 0o755))
	write(t, dir+"/..v1/names.yaml", fileShop)
	must(t, os.Symlink("..v1", dir+"/..data"))
	must(t, os.Symlink("..data/names.yaml", file))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// run runs n until the test ends.
func run(t *testing.T, n *Names) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- n.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}

func TestRunWithoutFolder(t *testing.T) {
	n := &Names{file: "/nowhere/names.yaml", fileStatus: newStatus(SourceFile, nil)}
	if err := n.Run(t.Context()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// A manager that goes away leaves the names that it gave.
func TestRunPollsDocker(t *testing.T) {
	asked := make(chan struct{})
	host := engine(t, map[string]http.HandlerFunc{"/_ping": func(w http.ResponseWriter, _ *http.Request) {
		select {
		case <-asked:
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			w.Header().Set("Api-Version", "1.44")
		}
	}})
	got := make(reports, 9)
	n, err := New(Options{Docker: host, Report: got.report})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.readDocker(t.Context()); err != nil {
		t.Fatal(err)
	}
	close(asked)
	run(t, n)
	if want, problem := "docker: docker at "+host+": HTTP status 503 Service Unavailable", got.next(t); problem != want {
		t.Errorf("reported %q, want %q", problem, want)
	}
	if name := n.Server("ingress_sbox", serverID("10.0.0.6:0")); name != "shop.1" {
		t.Errorf("name %q after the manager went away", name)
	}
}

func TestEvery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, reads := time.Now(), 0
		s := newStatus(SourceDocker, nil)
		ctx, cancel := context.WithCancel(t.Context())
		every(ctx, time.Minute, nil, s, func(context.Context) error {
			if reads++; reads == 3 {
				cancel()
				return errors.New("cut off")
			}
			return nil
		})
		if took := time.Since(start); reads != 3 || took != 2*time.Minute {
			t.Errorf("%d reads in %v", reads, took)
		}
		if got := s.get(); got.Err != nil || got.LastSuccess != start.Add(time.Minute) {
			t.Errorf("status %+v", got)
		}
	})
}

func TestSources(t *testing.T) {
	file := filepath.Join(t.TempDir(), "names.yaml")
	write(t, file, fileShop)
	n, err := New(Options{File: file, Docker: "unix:///nowhere", DNS: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range n.Sources() {
		got = append(got, s.Source)
	}
	if want := "file docker dns"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if n.DNS() == nil {
		t.Error("no DNS")
	}
}
