//go:build lab

package e2e

import (
	"slices"
	"strings"
	"testing"

	moby "github.com/moby/ipvs"
)

// What weight-tuner saves is what ipvsadm saves, and the thresholds that
// ipvsadm forgets; and it restores the table, servers in their order.
func TestSave(t *testing.T) {
	arrangeEveryKind(t)
	saved := sh(t, "weight-tuner table --format=save")
	expectEqual(t, withoutThresholds(commands(saved)), commands(sh(t, "ipvsadm -S -n")))
	before, table := listAll(t), tableServices(t)
	sh(t, "ipvsadm -C")
	if left := tableServices(t); len(left) > 0 {
		t.Fatalf("after ipvsadm -C: %v", left)
	}
	ipvsadm(t, "", saved)
	expectEqual(t, listAll(t), before)
	expectEqual(t, tableServices(t), table)
}

// A server with the forwarding method local, which ipvsadm cannot set, does not
// keep the others from being restored.
func TestSaveLocal(t *testing.T) {
	arrangeEveryKind(t)
	handle, err := moby.New("")
	if err != nil {
		t.Fatal(err)
	}
	defer handle.Close()
	services, err := handle.GetServices()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(services, func(s *moby.Service) bool { return s.Port == 443 })
	local := &moby.Destination{Address: []byte{127, 0, 0, 1}, Port: 443, Weight: 1, ConnectionFlags: moby.ConnectionFlagLocalNode}
	if err := handle.NewDestination(services[i], local); err != nil {
		t.Fatal(err)
	}
	server := [2]string{"tcp/10.0.1.100:443", "127.0.0.1:443"}
	if got := list(t, "", "").servers[server]; got[0] != "Local" {
		t.Fatalf("the server's forwarding method is %s, want Local", got[0])
	}
	saved := sh(t, "weight-tuner table --format=save 2>/tmp/told")
	if told := sh(t, "cat /tmp/told"); !strings.Contains(told, "127.0.0.1:443 in tcp/10.0.1.100:443: ipvsadm cannot set the forwarding method local") {
		t.Errorf("of the forwarding method it says %q", told)
	}
	want := list(t, "", "").servers
	sh(t, "ipvsadm -C")
	ipvsadm(t, "", saved)
	want[server][0] = "Route"
	expectEqual(t, list(t, "", "").servers, want)
}
