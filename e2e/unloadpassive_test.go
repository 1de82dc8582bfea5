//go:build lab

package e2e

import (
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
)

// While anything but a kprobe is attached the module stays; a kprobe is gone with
// it, and says so.
func TestPassiveModuleUnloaded(t *testing.T) {
	sh(t, ". lib.sh; clear_network") // a virtual service holds the module
	sh(t, removeModule)
	sh(t, "modprobe ip_vs")
	for _, method := range methodsHere(t) {
		if method == passive.Kprobe {
			continue
		}
		holding := openMeterBy(t, method)
		if out := sh(t, "rmmod ip_vs 2>&1 || true"); out == "" {
			t.Errorf("the module is gone while %s is attached", method)
		}
		if err := holding.Close(); err != nil {
			t.Error(err)
		}
	}
	meter := openMeterBy(t, passive.Kprobe)
	if _, _, err := meter.Read(); err != nil {
		t.Error(err)
	}
	for _, change := range []string{removeModule, "modprobe ip_vs"} {
		sh(t, change)
		if _, _, err := meter.Read(); err == nil || !strings.Contains(err.Error(), "unloaded") {
			t.Errorf("after %s: error %v", change, err)
		}
	}
}
