//go:build lab

package e2e

import (
	"strings"
	"testing"
)

// A tuner whose kernel loses its module, with the table, says so once, does not
// bring it back, and tunes the same table when somebody has. This comes behind
// the other tests, as those in unload_test.go do.
func TestGoesOnWhileModuleIsAway(t *testing.T) {
	e := arrangeEnduring(t, "unloaded", 3)
	e.tune(changing(t, e.namespace))
	e.awaitOthers(e.untuned)
	from := len(e.out.String())
	e.faults = []fault{{name: "module away", says: []string{"read the table"}}}
	shIn(t, e.namespace, "ipvsadm -C\n"+removeModule)
	pass(t, 2, e)
	if loaded := sh(t, "lsmod | grep -c '^ip_vs ' || true"); loaded != "0\n" {
		t.Error("the tuner has loaded the module")
	}
	e.expectSaid(from, "")
	if said := e.out.String()[from:]; !strings.Contains(said, "the module ip_vs is not loaded: if this is a director, load it with modprobe ip_vs") {
		t.Errorf("it says\n%s", said)
	}
	sh(t, "modprobe ip_vs")
	for _, service := range e.services {
		e.add(service)
	}
	e.awaitOthers(e.untuned)
	e.expectSaid(from, ": works again")
}
