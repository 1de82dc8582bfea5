//go:build lab

package e2e

import (
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// While virtual services come and go, no read fails, shows anything twice or
// half, or loses a service that stayed; and reads that were torn are noticed.
func TestReadsWhileEdited(t *testing.T) {
	const services, servers, staying = 300, 2, 200
	table := bigTable(services, servers)
	c := openDirector(t, table)
	stop := churn(t, table[staying:])
	reads, retries, whole := 0, 0, 0
	for ; (reads < 20 || retries == 0 || whole == 0) && reads < 1000; reads++ {
		got, err := c.Table()
		if err != nil {
			t.Fatal(err)
		}
		retries += got.Retries
		if checkWhole(t, got, table[:staying]) {
			whole++
		}
	}
	stop()
	t.Logf("of %d reads %d were whole; %d dumps were torn and repeated", reads, whole, retries)
	if retries == 0 || whole == 0 {
		t.Error("torn reads or whole ones are missing, so nothing was shown")
	}
}

// checkWhole looks for services that are there twice and, where the last dump
// allowed was not torn too, for those that stayed, with all of their servers.
func checkWhole(t *testing.T, table *ipvs.Table, stayed []ipvs.VirtualService) (whole bool) {
	t.Helper()
	found := map[ipvs.ServiceID]int{}
	for _, s := range table.Services {
		if _, twice := found[s.ID]; twice {
			t.Errorf("%s is there twice", s.ID)
		}
		found[s.ID] = len(s.Servers)
	}
	if table.Retries == 2 {
		return false
	}
	for _, s := range stayed {
		if found[s.ID] != len(s.Servers) {
			t.Errorf("%s has %d real servers, want %d", s.ID, found[s.ID], len(s.Servers))
		}
	}
	return true
}

// churn has ipvsadm delete services and add them again, one every now and
// then, in the caller's network namespace, until stop is called.
func churn(t *testing.T, services []ipvs.VirtualService) (stop func()) {
	t.Helper()
	var script strings.Builder
	script.WriteString("while :; do\n")
	for _, s := range services {
		for _, edit := range []string{"-D", "-A"} {
			fmt.Fprintf(&script, "ipvsadm %s -t %s; sleep 0.2\n", edit, s.ID.Address)
		}
	}
	script.WriteString("done\n")
	cmd := exec.Command("sh", "-c", script.String())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	t.Cleanup(stop)
	return stop
}
