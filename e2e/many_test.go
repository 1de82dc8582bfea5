//go:build lab

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const many = 500

// Hundreds of namespaces are read at every scrape, on a bounded number of
// threads of which none is left in a foreign namespace, over sockets that are
// kept; namespaces come and go without harm to the others.
func TestManyNamespaces(t *testing.T) {
	makeNamespaces(t, 0, many)
	for _, n := range []int{3, 4} {
		sh(t, "ip -n "+name(n)+" link set lo up")
		ipvsadm(t, name(n), fmt.Sprintf("-A -f %d -s rr\n-a -f %d -r 10.0.0.2 -m", n, n))
	}
	e := startExporter(t, "", "--ipvs.netns=/run/netns/many*", "--no-collector.sysctl")
	p := process(strings.TrimSpace(sh(t, "pidof ipvs-exporter")))

	first := e.all(t)
	expectUp(t, first, 0, many)
	for _, n := range []int{3, 4} {
		if weight := ofService("weight", fmt.Sprint("fwm/", n)); first.of(name(n))[weight] != 1 {
			t.Errorf("no %s 1 of %s", weight, name(n))
		}
	}
	sockets := p.files(t, "socket:")
	expectUp(t, e.all(t), 0, many)
	if again := p.files(t, "socket:"); sockets < many || again != sockets {
		t.Errorf("%d sockets after one scrape, %d after another, for %d namespaces", sockets, again, many)
	}
	p.expectTidy(t)

	t.Run("vanish", func(t *testing.T) { vanish(t, e, p) })
	makeNamespaces(t, many, many+1)
	expectUp(t, e.all(t), many/2, many+1)
}

// vanish takes half of the namespaces away while scrapes go on.
func vanish(t *testing.T, e exporter, p process) {
	ip := exec.Command("ip", "-batch", "-")
	ip.Stdin = strings.NewReader(batch("netns del", 0, many/2))
	ended := make(chan error, 1)
	go func() { ended <- ip.Run() }()
	scrapes := 0
	for gone := false; !gone; scrapes++ {
		select {
		case err := <-ended:
			if err != nil {
				t.Fatal(err)
			}
			gone = true
		default:
		}
		expectUp(t, e.all(t), many/2, many)
	}
	eventually(t, func() error { // sockets are closed behind the scrape's back
		if left := p.files(t, "socket:"); left > many/2+20 {
			return fmt.Errorf("%d sockets for %d namespaces", left, many/2)
		}
		return nil
	})
	p.expectTidy(t)
	t.Logf("%d scrapes while %d namespaces went", scrapes, many/2)
}

func name(n int) string { return fmt.Sprintf("many%03d", n) }

func makeNamespaces(t *testing.T, from, to int) {
	t.Helper()
	sh(t, "modprobe ip_vs; ip -batch - <<END\n"+batch("netns add", from, to)+"END")
	t.Cleanup(func() { sh(t, "ip -force -batch - 2>/dev/null <<END || true\n"+batch("netns del", from, to)+"END") })
}

// batch spells a command of ip for each namespace.
func batch(command string, from, to int) string {
	var b strings.Builder
	for n := from; n < to; n++ {
		fmt.Fprintln(&b, command, name(n))
	}
	return b.String()
}

// all returns everything that the exporter shows.
func (e exporter) all(t *testing.T) samples {
	t.Helper()
	return scrape(t, e.namespace, exporterMetrics, "ipvs_")
}

// expectUp wants the namespaces to be up, and no other to be down.
func expectUp(t *testing.T, got samples, from, to int) {
	t.Helper()
	for n := from; n < to; n++ {
		if up := fmt.Sprintf("ipvs_up{netns=%q}", name(n)); got[up] != 1 {
			t.Errorf("no %s 1", up)
		}
	}
	for series, value := range got {
		if strings.HasPrefix(series, "ipvs_up{") && value == 0 {
			t.Errorf("%s 0", series)
		}
	}
}

// process is a running program, by its number.
type process string

// files counts the open files that lead to something of that kind.
func (p process) files(t *testing.T, kind string) int {
	t.Helper()
	n := 0
	links, _ := filepath.Glob("/proc/" + string(p) + "/fd/*")
	for _, link := range links {
		if to, err := os.Readlink(link); err == nil && strings.HasPrefix(to, kind) {
			n++
		}
	}
	return n
}

// expectTidy wants few threads, all of them at home, and no namespace's file
// open.
func (p process) expectTidy(t *testing.T) {
	t.Helper()
	home, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	threads, _ := filepath.Glob("/proc/" + string(p) + "/task/*/ns/net")
	for _, thread := range threads {
		if at, err := os.Readlink(thread); err == nil && at != home {
			t.Errorf("%s is in %s, not %s", thread, at, home)
		}
	}
	if len(threads) == 0 || len(threads) > 30 {
		t.Errorf("%d threads", len(threads))
	}
	if open := p.files(t, "net:"); open > 0 {
		t.Errorf("%d files of namespaces are open", open)
	}
}
