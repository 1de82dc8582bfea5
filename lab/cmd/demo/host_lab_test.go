//go:build lab

package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab"
)

// onHost runs the demonstration where there is a virtual service, on a machine
// that has no Prometheus and can get none, until it tells of the real server.
const onHost = `set -eu
modprobe ip_vs
ipvsadm -A -t 10.9.9.9:80 -s wrr
ipvsadm -a -t 10.9.9.9:80 -r 10.9.9.1:80 -m -w 7
ipvsadm -Sn >/out/before
demo >/out/printed 2>&1 &
until grep 'tcp/10.9.9.9:80  10.9.9.1:80       7' /out/printed; do kill -0 $!; sleep 0.2; done
kill -INT $!
wait $!
ipvsadm -Sn >/out/after
ls /tmp >/out/files
ps >/out/processes
`

// TestOnHost lets the demonstration loose on a host with IPVS, which the lab's
// machine is here, and finds that it has changed and left nothing.
func TestOnHost(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	programs, out := build(t), t.TempDir()
	var files []lab.File
	for _, program := range []string{"demo", "ipvs-exporter", "weight-tuner"} {
		files = append(files, lab.File{Host: filepath.Join(programs, program)})
	}
	status, err := lab.Run(ctx, lab.Config{Command: []string{"sh", "-c", onHost}, Files: files, Out: out, Stderr: os.Stderr})
	left := func(name string) string {
		content, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Error(err)
		}
		return string(content)
	}
	printed := left("printed")
	if status != 0 || err != nil {
		t.Fatalf("status %d, error %v, after\n%s", status, err, printed)
	}
	for _, want := range []string{"(dry run)", "There is no Prometheus", ":9975/metrics"} {
		if !strings.Contains(printed, want) {
			t.Errorf("nothing of %q in\n%s", want, printed)
		}
	}
	if before, after := left("before"), left("after"); before != after || before == "" {
		t.Errorf("table before\n%s\nafter\n%s", before, after)
	}
	if files := left("files"); files != "" {
		t.Errorf("files left: %s", files)
	}
	for _, program := range []string{"ipvs-exporter", "weight-tuner"} {
		if strings.Contains(left("processes"), program) {
			t.Errorf("%s still runs", program)
		}
	}
	t.Log(printed)
}
