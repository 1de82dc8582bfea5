//go:build lab

package e2e

import (
	"errors"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// printed is what ipvsadm, by its options, and files of /proc, by their names,
// say of a network namespace. All that tests expect of it is parsed by code
// that has nothing in common with the module's.
type printed map[string]string

var (
	listings = []string{
		"-Ln --nosort", "-Ln --nosort --stats --exact", "-Ln --nosort --rate --exact", "-Ln --nosort --thresholds",
		"-Ln --nosort --persistent-conn", "-Ln --nosort --tun-info", "-Lnc", "-L --timeout", "-L --daemon",
	}
	procFiles = []string{
		"/proc/thread-self/net/ip_vs_stats", "/proc/thread-self/net/ip_vs_stats_percpu", "/proc/thread-self/net/ip_vs_conn_sync",
	}
)

const settingsFolder = "/proc/sys/net/ipv4/vs"

func readPrinted(t *testing.T, namespace string) printed {
	t.Helper()
	p := printed{}
	err := inNetns(namespace, func() error { return p.readFiles() })
	if err := errors.Join(err, p.readListings(namespace)); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p printed) readFiles() error {
	settings, err := filepath.Glob(settingsFolder + "/*")
	for _, file := range append(settings, procFiles...) {
		content, readErr := os.ReadFile(file)
		err = errors.Join(err, readErr)
		p[strings.TrimPrefix(file, "/proc/thread-self/net/")] = string(content)
	}
	return err
}

// readListings has as many at once as there are processors, for ipvsadm takes
// its time to start.
func (p printed) readListings(namespace string) (err error) {
	var mu sync.Mutex
	var group sync.WaitGroup
	for _, options := range listings {
		group.Go(func() {
			var out []byte
			failed := inNetns(namespace, func() (err error) {
				out, err = exec.Command("ipvsadm", strings.Fields(options)...).Output()
				return err
			})
			mu.Lock()
			defer mu.Unlock()
			p[options] = string(out)
			err = errors.Join(err, failed)
		})
	}
	group.Wait()
	return err
}

// lines returns those of a file or listing below its headings.
func (p printed) lines(name string, headings int) []string {
	return strings.Split(strings.TrimSpace(p[name]), "\n")[headings:]
}

// settings returns those of the network namespace by name.
func (p printed) settings() map[string]string {
	settings := map[string]string{}
	for file, content := range p {
		if path.Dir(file) == settingsFolder {
			settings[path.Base(file)] = strings.TrimSpace(content)
		}
	}
	return settings
}

// listing returns the columns of one form of ipvsadm -L.
func (p printed) listing(options string) listing {
	return parseListing(p[strings.TrimSpace("-Ln --nosort "+options)])
}
