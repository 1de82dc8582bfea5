//go:build lab

package e2e

import (
	"errors"
	"os/exec"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs/ipvstest"
)

// These tests come last, by the file's name: moby/ipvs, which others use,
// keeps for the life of the process the number that the netlink family had
// first, and that changes when the module is loaded again.

// Without the module every operation says so, and a client that was open
// before goes on when the module is back, under another netlink number.
func TestClientOutlivesModule(t *testing.T) {
	sh(t, ". lib.sh; clear_network; modprobe ip_vs") // services keep their schedulers loaded
	c := ipvs.NewClient(ipvs.Options{Source: ipvs.Netlink})
	if _, err := c.Table(); err != nil {
		t.Fatal(err)
	}
	sh(t, removeModule)
	_, err := c.Table()
	if !errors.Is(err, ipvs.ErrNotSupported) {
		t.Errorf("without the module: error %v, want %v", err, ipvs.ErrNotSupported)
	}
	if _, err := ipvs.NewClient(ipvs.Options{Source: ipvs.Procfs}).Table(); !errors.Is(err, ipvs.ErrNotSupported) {
		t.Errorf("/proc without the module: error %v, want %v", err, ipvs.ErrNotSupported)
	}
	s := ipvstest.Services()[0]
	edits := []ipvs.ServerEdit{{Server: s.Servers[0].ID, Edit: ipvs.Edit{Weight: new(uint32(1))}}}
	if got := c.EditServers(s.ID, edits); !errors.Is(got[0].Err, ipvs.ErrNotSupported) {
		t.Errorf("edit without the module: error %v, want %v", got[0].Err, ipvs.ErrNotSupported)
	}
	if loaded := sh(t, "lsmod | grep -c '^ip_vs ' || true"); loaded != "0\n" {
		t.Error("reading has loaded the module")
	}
	sh(t, "modprobe ip_vs")
	if _, err := c.Table(); err != nil {
		t.Errorf("with the module back: %v", err)
	}
}

// The module may come and go while it is scraped: every scrape is answered,
// with the whole table or without any of it.
func TestScrapesWhileModuleIsReloaded(t *testing.T) {
	sh(t, "nat.sh 1")
	e := startExporter(t, "director")
	ended := make(chan error, 1)
	go func() { ended <- reloadModule(5) }()
	ups, downs := 0, 0
	for done := false; !done; {
		select {
		case err := <-ended:
			if err != nil {
				t.Fatal(err)
			}
			done = true
		default:
		}
		got := e.all(t)
		_, whole := got[series("ipvs_services")]
		switch up := got[series("ipvs_up")]; {
		case up == 1 && whole:
			ups++
		case up == 0 && !whole:
			downs++
		default:
			t.Errorf("ipvs_up is %v, and there are ipvs_services: %t", up, whole)
		}
	}
	t.Logf("%d scrapes with IPVS, %d without", ups, downs)
	if e.all(t)[series("ipvs_up")] != 1 || downs == 0 {
		t.Error("not up in the end, or never down")
	}
}

// The exporter loads the module only when it is told to.
func TestModuleIsLoadedOnRequest(t *testing.T) {
	sh(t, removeModule)
	for flag, want := range map[string]float64{"--no-ipvs.load-module": 0, "--ipvs.load-module": 1} {
		sh(t, removeModule)
		_, stop := startIn(t, "", "ipvs-exporter --web.listen-address=127.0.0.1:9975 "+flag, exporterMetrics)
		if got := (exporter{}).all(t)[series("ipvs_up")]; got != want {
			t.Errorf("%s: ipvs_up is %v, want %v", flag, got, want)
		}
		stop()
	}
	sh(t, "modprobe ip_vs")
}

// reloadModule takes the module away for a while, several times.
func reloadModule(times int) error {
	for range times {
		for _, script := range []string{removeModule, "sleep 0.3; modprobe ip_vs; sleep 0.3"} {
			if out, err := exec.Command("sh", "-ec", script).CombinedOutput(); err != nil {
				return errors.Join(err, errors.New(string(out)))
			}
		}
	}
	return nil
}

// removeModule takes as long as the kernel needs to take down network
// namespaces of earlier tests.
const removeModule = `
	for i in $(seq 600); do
		for m in $(lsmod | awk '/^(ip_vs_|xt_ipvs )/{print $1}') ip_vs; do rmmod $m 2>/dev/null || true; done
		grep -q '^ip_vs ' /proc/modules || exit 0
		sleep 0.1
	done
	echo 'ip_vs is still there'; exit 1`
