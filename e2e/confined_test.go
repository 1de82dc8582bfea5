//go:build lab

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab/labtest"
)

// confinedUser is the user of the programs here.
const confinedUser = 65534

// startConfined runs a program as its unit has systemd run it: as a user who is
// nobody else, with these capabilities at most and no way to others.
func startConfined(t *testing.T, namespace, command, url string, capabilities ...uintptr) (out *output, stop func()) {
	t.Helper()
	return startBy(t, namespace, command, url, func(cmd *exec.Cmd) error {
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Credential:  &syscall.Credential{Uid: confinedUser, Gid: confinedUser},
			AmbientCaps: capabilities,
		}
		return onLostThread(func() error { return confine(namespace, capabilities, cmd.Start) })
	})
}

// onLostThread calls do on a thread that ends afterwards: what it gives up it does
// not get back. The first thread never ends, and stands for the process, so
// another one has to do it.
func onLostThread(do func() error) error {
	ended := make(chan error)
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() == unix.Getpid() {
			defer runtime.UnlockOSThread()
			ended <- onLostThread(do)
			return
		}
		ended <- do()
	}()
	return <-ended
}

func confine(namespace string, capabilities []uintptr, start func() error) error {
	if err := setNetns(filepath.Join("/run/netns", namespace)); err != nil {
		return err
	}
	for c := range uintptr(unix.CAP_LAST_CAP + 1) {
		if slices.Contains(capabilities, c) {
			continue
		}
		// The kernel may not know the last ones.
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); err != nil && err != unix.EINVAL {
			return err
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	return start()
}

// holds checks that a running program has these capabilities and no others.
func holds(t *testing.T, program string, capabilities ...uintptr) {
	t.Helper()
	var set uint64
	for _, c := range capabilities {
		set |= 1 << c
	}
	status := sh(t, "cat /proc/$(pidof "+program+")/status")
	for _, which := range []string{"Inh", "Prm", "Eff", "Bnd", "Amb"} {
		if want := fmt.Sprintf("Cap%s:\t%016x\n", which, set); !strings.Contains(status, want) {
			t.Errorf("%s has other capabilities than %s in\n%s", program, want, status)
		}
	}
	if want := fmt.Sprintf("Uid:\t%d\t%d\t%d\t%d\n", confinedUser, confinedUser, confinedUser, confinedUser); !strings.Contains(status, want) {
		t.Errorf("%s is another user:\n%s", program, status)
	}
}

// packaged returns the flags that a program's package gives it.
func packaged(t *testing.T, program string) string {
	t.Helper()
	return strings.TrimSpace(sh(t, ". "+filepath.Join(labtest.Folder(), "default", program)+"; echo $ARGS"))
}

// Both programs, with the flags of their packages, do their work with
// CAP_NET_ADMIN and nothing else, and listen where those flags say and nowhere
// else.
func TestConfined(t *testing.T) {
	arrangeConfined(t)
	startConfined(t, "director", "ipvs-exporter "+packaged(t, "ipvs-exporter"), exporterMetrics, unix.CAP_NET_ADMIN)
	holds(t, "ipvs-exporter", unix.CAP_NET_ADMIN)
	got := exporter{"director"}.all(t)
	for name, want := range map[string]float64{
		series("ipvs_up"): 1,
		series("ipvs_source_info", "source", "netlink"):           1,
		ofServer("weight", "tcp/10.0.1.100:80", "10.0.2.11:8080"): 100,
		series("ipvs_timeout_seconds", "state", "tcp"):            900,
	} {
		if text := got.text(name); got[name] != want || text == "nothing" {
			t.Errorf("%s is %s, want %v", name, text, want)
		}
	}

	flags := strings.ReplaceAll(packaged(t, "weight-tuner"), "/etc/weight-tuner/weight-tuner.yaml", confinedConfig(t))
	out, stop := startConfined(t, "director", "weight-tuner run "+flags, tunerMetrics, unix.CAP_NET_ADMIN)
	holds(t, "weight-tuner", unix.CAP_NET_ADMIN)
	tuner := runningTuner{out, stop}
	tuner.await(t, "prefer the fast server", func() bool { w := tunedWeights(t); return w[0] > w[1] })
	listening := sh(t, "ip netns exec director ss -H -l -n -t -u -w | awk '{print $1, $5}' | sort")
	if want := "tcp 127.0.0.1:9975\ntcp 127.0.0.1:9976\n"; listening != want {
		t.Errorf("they listen at\n%swant\n%s", listening, want)
	}
}

func arrangeConfined(t *testing.T) {
	t.Helper()
	sh(t, "nat.sh 2")
	ipvsadm(t, "director", `
		-A -t 10.0.1.100:80 -s wrr
		-a -t 10.0.1.100:80 -r 10.0.2.11:8080 -m -w 100
		-a -t 10.0.1.100:80 -r 10.0.2.12:8080 -m -w 100`)
	shIn(t, "director", "ipvsadm --set 900 120 300")
	setServiceTime(t, 1, "2ms")
	setServiceTime(t, 2, "200ms")
}

// confinedConfig returns the file of a configuration that the user of the
// programs can read, with a state file that it can write.
func confinedConfig(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "confined") // t.TempDir is in a folder of root's
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	config := filepath.Join(dir, "weight-tuner.yaml")
	text := fmt.Sprintf(`
interval: 4s
state_file: %s/state.json
sources: {probe: {type: http, path: /}}
services: [{match: tcp/10.0.1.100:80, policy: inverse_latency, source: probe}]
`, dir)
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, confinedUser, confinedUser); err != nil {
		t.Fatal(err)
	}
	return config
}

// A network namespace takes CAP_SYS_ADMIN too, and without it the program's own
// is read as ever.
func TestConfinedNamespaces(t *testing.T) {
	arrangeConfined(t)
	sh(t, "ip netns add beside; mkdir -p /run/closed; chmod 700 /run/closed; touch /run/closed/inside; mount --bind /run/netns/director /run/closed/inside")
	t.Cleanup(func() { sh(t, "umount /run/closed/inside; ip netns del beside") })
	tests := []struct {
		name, file   string
		capabilities []uintptr
		want         string // of ipvs_up in the director's; nothing where it is left out
	}{
		{"not permitted to enter", "/run/netns/director", []uintptr{unix.CAP_NET_ADMIN}, "0"},
		{"not permitted to see", "/run/closed/inside", []uintptr{unix.CAP_NET_ADMIN, unix.CAP_SYS_ADMIN}, "nothing"},
		{"enters", "/run/netns/director", []uintptr{unix.CAP_NET_ADMIN, unix.CAP_SYS_ADMIN}, "1"},
		{"enters what only root sees", "/run/closed/inside", []uintptr{unix.CAP_NET_ADMIN, unix.CAP_SYS_ADMIN, unix.CAP_DAC_READ_SEARCH}, "1"},
	}
	sh(t, "ip -n beside link set lo up")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out, _ := startConfined(t, "beside", "ipvs-exporter --web.listen-address=127.0.0.1:9975 --ipvs.netns="+test.file, exporterMetrics, test.capabilities...)
			got := scrape(t, "beside", exporterMetrics, "ipvs_")
			if text := got.text(fmt.Sprintf(`ipvs_up{netns=%q}`, filepath.Base(test.file))); text != test.want {
				t.Errorf("ipvs_up is %s, want %s:\n%s", text, test.want, out)
			}
			if text := got.text(`ipvs_up{netns=""}`); text != "1" {
				t.Errorf("ipvs_up of its own is %s:\n%s", text, out)
			}
		})
	}
}
