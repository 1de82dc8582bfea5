//go:build lab

package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/pages"
	"github.com/ipvs-autopilot/ipvs-autopilot/lab/labtest"
)

// TestPages follows the documentation page by page: on a director with the
// service and the real servers of its examples, what it tells to type works, and
// what it says is printed is. Runbooks come first, as both programs run there.
func TestPages(t *testing.T) {
	arrangeReader(t)
	blocks, err := pages.Blocks(labtest.Folder())
	if err != nil {
		t.Fatal(err)
	}
	of := map[string][]pages.Block{}
	var order []string
	for _, b := range blocks {
		if !slices.Contains([]string{"sh run", "sh start", "sh alone", "console run"}, b.Kind) {
			continue
		}
		if of[b.Page] == nil {
			order = append(order, b.Page)
		}
		of[b.Page] = append(of[b.Page], b)
	}
	t.Run("runbooks", func(t *testing.T) { followRunbooks(t, blocks) })
	for _, page := range order {
		if strings.HasPrefix(page, "docs/runbooks/") {
			continue
		}
		t.Run(page, func(t *testing.T) {
			r := newReader(t)
			for _, b := range of[page] {
				r.follow(b)
			}
		})
	}
}

func followRunbooks(t *testing.T, blocks []pages.Block) {
	r := newReader(t)
	r.run("rm -f /etc/weight-tuner/weight-tuner.yaml; weight-tuner init --output=/etc/weight-tuner/weight-tuner.yaml && sed -i 's/^dry_run: true/dry_run: false/' /etc/weight-tuner/weight-tuner.yaml")
	r.start("ipvs-exporter")
	r.start("weight-tuner run --config.file=/etc/weight-tuner/weight-tuner.yaml")
	eventually(t, func() error {
		_, err := os.Stat("/var/lib/weight-tuner/state.json")
		return err
	})
	for _, b := range blocks {
		if strings.HasPrefix(b.Page, "docs/runbooks/") {
			r.follow(b)
		}
	}
}

// arrangeReader builds the director of the examples: tcp/10.0.0.1:80 with three
// real servers behind it, and a client that keeps asking.
func arrangeReader(t *testing.T) {
	clean := ". " + labtest.Folder() + "/lib.sh; clear_network"
	t.Cleanup(func() { sh(t, clean) })
	addNetns(t, "blue")
	sh(t, clean+`
		modprobe ip_vs
		mkdir -p /etc/weight-tuner /var/lib/weight-tuner
		{
			for name in client director server2 server3 server4; do echo "netns add $name"; done
			cable client wan0 director wan0
			for i in 2 3 4; do cable server$i lan0 director lan$i; done
		} | ip -batch -
		{
			echo link add lan0 type bridge
			echo addr add 10.0.0.1/24 dev lan0
			echo addr add 10.9.0.1/24 dev wan0
			for i in 2 3 4; do echo link set lan$i master lan0 up; done
			for name in lo wan0 lan0; do echo link set $name up; done
		} | ip -n director -batch -
		on director sysctl -wq net.ipv4.ip_forward=1
		printf '%s\n' 'addr add 10.9.0.2/24 dev wan0' 'link set wan0 up' 'route add default via 10.9.0.1' | ip -n client -batch -
		for i in 2 3 4; do
			printf '%s\n' "addr add 10.0.0.$i/24 dev lan0" 'link set lan0 up' 'route add default via 10.0.0.1' | ip -n server$i -batch -
			ip netns exec server$i labtool serve --listen=:80 --name=server$i >/tmp/server$i.log 2>&1 </dev/null &
		done
		on director ipvsadm -A -t 10.0.0.1:80 -s wrr
		for i in 2 3 4; do
			await director http://10.0.0.$i/stat
			on director ipvsadm -a -t 10.0.0.1:80 -r 10.0.0.$i:80 -m -w 100
		done
		ip netns exec client labtool load --rate=10 --duration=1h http://10.0.0.1/ >/dev/null 2>&1 </dev/null &`)
}

// reader follows one page in a folder of his own, on the director.
type reader struct {
	*testing.T
	folder string
	stops  map[string]func() // of the programs that run, by their names
}

// newReader has in the folder what a build of the sources leaves there. Weights
// are those of the examples, whatever was tuned on the page before.
func newReader(t *testing.T) *reader {
	t.Helper()
	folder := t.TempDir()
	for name, to := range map[string]string{"bin": labtest.Folder(), "examples": labtest.Folder() + "/examples"} {
		if err := os.Symlink(to, filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(folder, "curl"), curl)
	sh(t, "chmod +x "+folder+"/curl")
	for _, server := range []string{"10.0.0.2", "10.0.0.3", "10.0.0.4"} {
		shIn(t, "director", "ipvsadm -e -t 10.0.0.1:80 -r "+server+":80 -m -w 100")
	}
	return &reader{T: t, folder: folder, stops: map[string]func(){}}
}

// curl stands in for the one that the lab has not, with any flags before the
// address. It waits for a program that has just been started.
const curl = `#!/bin/sh
for url; do :; done
for _ in $(seq 100); do
	wget -qO - "$url" && exit
	sleep 0.1
done
exit 7
`

func (r *reader) follow(b pages.Block) {
	r.Helper()
	r.Logf("%s: %s", b, b.Kind)
	switch b.Kind {
	case "sh start":
		r.start(b.Text)
	case "sh alone":
		r.stop()
		r.run(b.Text)
	case "sh run":
		r.run(b.Text)
	case "console run":
		r.converse(b)
	}
}

// script is what a shell of the reader's runs.
func (r *reader) script(commands string) string {
	return "cd " + r.folder + "; PATH=" + r.folder + ":$PATH\n" + commands
}

func (r *reader) run(commands string) string {
	r.Helper()
	return shIn(r.T, "director", r.script(commands))
}

// start leaves a program running until the page ends, or starts it again.
func (r *reader) start(command string) {
	r.Helper()
	program := strings.TrimPrefix(strings.Fields(command)[0], "bin/")
	url := map[string]string{"ipvs-exporter": exporterMetrics, "weight-tuner": tunerMetrics}[program]
	if url == "" {
		r.Fatalf("%s is not started by any test", program)
	}
	if stop := r.stops[program]; stop != nil {
		stop()
	}
	file := filepath.Join(r.folder, program+".sh")
	write(r.T, file, r.script("exec "+command))
	var stop func()
	onOneProcessor(r.T, func() { _, stop = startIn(r.T, "director", "sh "+file, url) })
	r.stops[program] = func() { onOneProcessor(r.T, stop) }
	r.Cleanup(r.stops[program])
}

// onOneProcessor does what begins or ends tracing of packets that pass. QEMU 7.2
// may keep what a processor has translated of code that another one changed
// meanwhile, as the kernel does for that: then it comes upon a breakpoint that the
// kernel has no more, which panics.
func onOneProcessor(t *testing.T, do func()) {
	t.Helper()
	const second = "/sys/devices/system/cpu/cpu1/online"
	write(t, second, "0")
	defer write(t, second, "1")
	do()
}

func (r *reader) stop() {
	for _, stop := range r.stops {
		stop()
	}
}

// converse types what stands after each $ and compares what is printed.
func (r *reader) converse(b pages.Block) {
	r.Helper()
	for part := range strings.SplitSeq("\n"+b.Text, "\n$ ") {
		command, want, _ := strings.Cut(part, "\n")
		if command == "" {
			continue
		}
		out := r.run(command + " 2>&1")
		if !matches(strings.TrimSpace(want), strings.TrimSpace(out)) {
			r.Errorf("%s: %s prints\n%s\nand is said to print\n%s", b, command, out, want)
		}
	}
}

// matches reports whether a text is as wanted, where … stands for any.
func matches(want, text string) bool {
	pattern := strings.ReplaceAll(regexp.QuoteMeta(want), "…", "(?s:.*)")
	return regexp.MustCompile("^" + pattern + "$").MatchString(text)
}
