//go:build lab

package e2e

import (
	"errors"
	"strings"
	"testing"
)

// Of two directors the one that has the address is written to, and the other
// once the address moves, as VRRP moves it; a file is another such condition.
func TestDirectorOnStandby(t *testing.T) {
	t.Parallel()
	addNetns(t, "standby", "ha_a", "ha_b")
	for _, name := range []string{"ha_a", "ha_b"} {
		sh(t, "ip -n "+name+" link add vip0 type dummy && ip -n "+name+" link set vip0 up")
		ipvsadm(t, name, untuned+strings.ReplaceAll(untuned, ":80 ", ":81 "))
	}
	sh(t, "ip -n ha_a addr add 10.0.1.100/32 dev vip0")
	flags, state := tunedFiles(t, `interval: 4s
services:
  - {netns: 'ha_*', match: 'tcp/10.0.1.100:80', when: address, scheduler: wrr, policy: static}
  - {netns: 'ha_*', match: 'tcp/*', when: file marker, scheduler: wrr, policy: static}
`)
	out, _ := startIn(t, "standby", runCommand+flags, tunerMetrics)
	awaitTable(t, "ha_a", out, hasScheduler("wrr"))
	leads(t, "ha_a", "10.0.1.100:80", "1")
	leads(t, "ha_a", "10.0.1.100:81", "0")
	leads(t, "ha_b", "10.0.1.100:80", "0")
	if got := saved(t, "ha_b"); hasScheduler("wrr")(got) {
		t.Errorf("the backup was written to:\n%s", got)
	}
	sh(t, "ip -n ha_a addr del 10.0.1.100/32 dev vip0; ip -n ha_b addr add 10.0.1.100/32 dev vip0")
	awaitTable(t, "ha_b", out, hasScheduler("wrr"))
	leads(t, "ha_a", "10.0.1.100:80", "0")
	leads(t, "ha_b", "10.0.1.100:80", "1")
	if plan := shIn(t, "standby", "weight-tuner plan --no-save"+flags); !strings.Contains(plan, "the address 10.0.1.100 is on no interface here") {
		t.Errorf("plan says\n%s", plan)
	}

	ipvsadm(t, "ha_a", "-E -t 10.0.1.100:80 -s rr")
	sh(t, "touch "+strings.TrimSuffix(state, "state.json")+"marker")
	awaitTable(t, "ha_a", out, hasScheduler("wrr"))
	leads(t, "ha_a", "10.0.1.100:81", "1")
	if got := saved(t, "ha_a"); !strings.Contains(got, "-A -t 10.0.1.100:80 -s rr") {
		t.Errorf("the director without the address was written to:\n%s", got)
	}
}

// leads waits until the tuner's metrics say whether it may write to a service.
func leads(t *testing.T, namespace, address, want string) {
	t.Helper()
	series := `weight_tuner_leader{netns="` + namespace + `",service="tcp/` + address + `"} ` + want + "\n"
	eventually(t, func() error {
		if got := get(t, "standby", tunerMetrics); !strings.Contains(got, series) {
			return errors.New("no " + series)
		}
		return nil
	})
}
