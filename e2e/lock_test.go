//go:build lab

package e2e

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// refusal runs a command that must fail with status 1, and returns the one line
// that it says.
func refusal(t *testing.T, namespace, command string) string {
	t.Helper()
	fields := strings.Fields(command)
	cmd := exec.Command(fields[0], fields[1:]...)
	var out []byte
	err := inNetns(namespace, func() (err error) {
		out, err = cmd.CombinedOutput()
		return err
	})
	var exit *exec.ExitError
	line, rest, _ := strings.Cut(string(out), "\n")
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || rest != "" {
		t.Errorf("%s: %v, it said\n%s", command, err, out)
	}
	return line
}

const (
	untuned    = "-A -t 10.0.1.100:80 -s rr\n-a -t 10.0.1.100:80 -r 10.0.2.11:8080 -m -w 3\n"
	runCommand = "weight-tuner run --web.listen-address=127.0.0.1:9976"
)

func hasScheduler(scheduler string) func(string) bool {
	return func(table string) bool { return strings.Contains(table, "-s "+scheduler) }
}

// Of two tuners of one director the second says so and stops, from wherever it
// comes in, and whatever reads alone goes on.
func TestSecondTunerStops(t *testing.T) {
	t.Parallel()
	// No name of lib.sh, whose networks another test may clear away meanwhile.
	addNetns(t, "blue", "stranger")
	ipvsadm(t, "blue", untuned)
	own, state := tunedFiles(t, "interval: 4s\nservices: [{match: 'tcp/*', scheduler: wrr, policy: static}]\n")
	there, _ := tunedFiles(t, "interval: 4s\nservices: [{netns: blue, match: 'tcp/*', scheduler: wlc, policy: static}]\n")
	out, stop := startIn(t, "blue", runCommand+own, tunerMetrics)
	awaitTable(t, "blue", out, hasScheduler("wrr"))

	const running = "weight-tuner is running on this director: stop it first"
	if got := refusal(t, "blue", runCommand+own); got != "weight-tuner: the program's own network namespace: "+running {
		t.Errorf("in the same namespace it said %s", got)
	}
	if got := refusal(t, "stranger", runCommand+there); got != "weight-tuner: network namespace blue: "+running {
		t.Errorf("from outside it said %s", got)
	}
	if got := refusal(t, "blue", "weight-tuner restore --state.file="+state); got != "weight-tuner: not put back: the program's own network namespace: "+running {
		t.Errorf("restore said %s", got)
	}
	shIn(t, "blue", "weight-tuner restore --dry-run --state.file="+state+"; weight-tuner table; weight-tuner plan --no-save"+own)
	if !hasScheduler("wrr")(saved(t, "blue")) {
		t.Errorf("the table became\n%s", saved(t, "blue"))
	}

	stop()
	if did := shIn(t, "blue", "weight-tuner restore --state.file="+state); did != "tcp/10.0.1.100:80: scheduler wrr -> rr\n" {
		t.Errorf("restore said %q", did)
	}
	out, _ = startIn(t, "stranger", runCommand+there, tunerMetrics)
	awaitTable(t, "blue", out, hasScheduler("wlc"))
}

// A namespace that another tuner has when it is found is left to that one, until
// it is free.
func TestNamespaceOfAnotherTuner(t *testing.T) {
	t.Parallel()
	t.Cleanup(func() { sh(t, "ip netns del lock_b") })
	addNetns(t, "lock_a", "locksmith")
	ipvsadm(t, "lock_a", untuned)
	all, _ := tunedFiles(t, "interval: 4s\nservices: [{netns: 'lock_*', match: 'tcp/*', scheduler: wlc, policy: static}]\n")
	own, _ := tunedFiles(t, "interval: 4s\nservices: [{match: 'tcp/*', scheduler: wrr, policy: static}]\n")
	out, _ := startIn(t, "locksmith", runCommand+all, tunerMetrics)
	awaitTable(t, "lock_a", out, hasScheduler("wlc"))

	// What is to be found later is not in /run/netns before it is locked.
	sh(t, "mkdir -p /run/elsewhere; unshare --net=/run/elsewhere/b true 2>/dev/null || { touch /run/elsewhere/b; unshare --net=/run/elsewhere/b true; }")
	t.Cleanup(func() { sh(t, "umount /run/elsewhere/b; rm -r /run/elsewhere") })
	b := filepath.Join("..", "elsewhere", "b")
	shIn(t, b, "ip link set lo up")
	ipvsadm(t, b, untuned)
	first, stop := startIn(t, b, runCommand+own, tunerMetrics)
	awaitTable(t, b, first, hasScheduler("wrr"))
	sh(t, "touch /run/netns/lock_b && mount --bind /run/elsewhere/b /run/netns/lock_b")
	eventually(t, func() error {
		if !strings.Contains(out.String(), "network namespace lock_b: weight-tuner is running on this director") {
			return errors.New("it says nothing of the namespace that another has:\n" + out.String())
		}
		return nil
	})
	if !hasScheduler("wrr")(saved(t, b)) {
		t.Errorf("its table became\n%s", saved(t, b))
	}
	stop()
	awaitTable(t, b, out, hasScheduler("wlc"))
}
