//go:build lab

package e2e

import (
	"fmt"
	"net"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	moby "github.com/moby/ipvs"
	"golang.org/x/sys/unix"
)

// While the table is edited as fast as the kernel takes it, no scrape fails
// or shows a series twice, and the counters of what stays never go down.
func TestScrapesWhileEdited(t *testing.T) {
	sh(t, "nat.sh 2")
	ipvsadm(t, "director", `-A -t 10.0.1.100:80 -s wrr
		-a -t 10.0.1.100:80 -r 10.0.2.11:8080 -m
		-a -t 10.0.1.100:80 -r 10.0.2.12:8080 -m`)
	e := startExporter(t, "director")
	load := exec.Command("ip", "netns", "exec", "client", "labtool", "load", "--rate=20", "--duration=1m", "http://10.0.1.100/")
	if err := load.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = load.Process.Kill(); _ = load.Wait() }()

	edits, stop := editAll(t)
	staying := ofService("connections_total", "tcp/10.0.1.100:80")
	var last samples
	scrapes, retries, begin := 0, 0.0, time.Now()
	for ; scrapes < 50 || last[staying] < 20; scrapes++ {
		got := e.all(t)
		expectRisen(t, last, got)
		retries, last = got[series("ipvs_read_retries_total")], got
	}
	stop()
	t.Logf("%d edits in %v, during %d scrapes; %v dumps were torn and read again", edits.Load(), time.Since(begin), scrapes, retries)
	if n := scrape(t, "director", exporterMetrics, "promhttp_")[`promhttp_metric_handler_errors_total{cause="gathering"}`]; n != 0 {
		t.Errorf("%v scrapes had series that do not go together", n)
	}
}

// expectRisen compares the counters of the service that stays, and of its
// servers, with those of an earlier scrape.
func expectRisen(t *testing.T, last, got samples) {
	t.Helper()
	for name, before := range last {
		if !strings.Contains(name, `service="tcp/10.0.1.100:80"`) || !strings.Contains(name, "_total{") ||
			strings.Contains(name, "10.0.2.13") { // comes and goes
			continue
		}
		if now, found := got[name]; !found || now < before {
			t.Errorf("%s was %v and is %s", name, before, got.text(name))
		}
	}
	if last != nil && got[series("ipvs_up")] != 1 {
		t.Error("not up")
	}
}

// editAll edits the director's table without a pause until stop is called:
// weights of servers that stay, a server and a service that come and go.
func editAll(t *testing.T) (edits *atomic.Int64, stop func()) {
	t.Helper()
	handle, err := moby.New("/run/netns/director")
	if err != nil {
		t.Fatal(err)
	}
	edits = new(atomic.Int64)
	ended, stopped := make(chan error), make(chan struct{})
	go func() {
		defer handle.Close()
		for n := 0; ; n++ {
			select {
			case <-stopped:
				ended <- nil
				return
			default:
			}
			if err := editOnce(handle, n, edits); err != nil {
				ended <- err
				return
			}
		}
	}()
	return edits, func() {
		close(stopped)
		if err := <-ended; err != nil {
			t.Errorf("edit: %v", err)
		}
	}
}

func editOnce(handle *moby.Handle, n int, edits *atomic.Int64) error {
	service := func(port uint16) *moby.Service {
		return &moby.Service{
			AddressFamily: unix.AF_INET, Protocol: unix.IPPROTO_TCP, Address: net.IPv4(10, 0, 1, 100), Port: port,
			SchedName: "wrr", Netmask: 0xffffffff,
		}
	}
	server := func(last byte, weight int) *moby.Destination {
		return &moby.Destination{
			AddressFamily: unix.AF_INET, Address: net.IPv4(10, 0, 2, last), Port: 8080, Weight: weight,
		}
	}
	for i, edit := range []func() error{
		func() error { return handle.UpdateDestination(service(80), server(11, 1+n%100)) },
		func() error { return handle.NewDestination(service(80), server(13, 1)) },
		func() error { return handle.UpdateDestination(service(80), server(12, 1+n%100)) },
		func() error { return handle.NewService(service(81)) },
		func() error { return handle.NewDestination(service(81), server(11, 1)) },
		func() error { return handle.DelDestination(service(80), server(13, 1)) },
		func() error { return handle.DelService(service(81)) },
	} {
		if err := edit(); err != nil {
			return fmt.Errorf("number %d of round %d: %w", i, n, err)
		}
		edits.Add(1)
	}
	return nil
}
