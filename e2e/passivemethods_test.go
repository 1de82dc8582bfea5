//go:build lab

package e2e

import (
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
)

// Whatever it is attached by, the program counts the same.
func TestPassiveMethods(t *testing.T) {
	services := []struct {
		network, service, forward string
		measure                   passive.Measure
	}{
		{"nat.sh 1", "10.0.1.100:80", "-m", passive.FirstByte},
		{"direct.sh 1", "10.0.2.100:9000", "-g", passive.Timestamps},
	}
	for _, s := range services {
		sh(t, s.network)
		for _, method := range methodsHere(t) {
			t.Run(string(method)+"/"+s.measure.String(), func(t *testing.T) {
				service, end := arrangeService(t, "tcp/"+s.service, "10.0.2.11:9000 "+s.forward)
				defer end()
				meter := openMeterBy(t, method)
				w := stopwatch{delay: between20and80()}.withDefaults()
				defer w.start(t, "server1", ":9000")()
				timing{T: t, meter: meter, service: service, measure: s.measure}.suffer(effect{watch: w, asked: 5})
			})
		}
	}
}

func openMeterBy(t *testing.T, method passive.Method) *passive.Meter {
	t.Helper()
	meter, err := passive.Open(passive.Options{Methods: []passive.Method{method}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = meter.Close() }) // unless it is closed
	if meter.Method() != method {
		t.Errorf("it is attached by %s", meter.Method())
	}
	return meter
}

// methodsHere are those that the kernel has: Debian's 6.1 is built without fprobe,
// which kprobe.multi takes.
func methodsHere(t *testing.T) []passive.Method {
	t.Helper()
	release, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(string(release), "6.1.") {
		return []passive.Method{passive.Fentry, passive.Kprobe}
	}
	return passive.Methods()
}

// With fewer capabilities than fentry takes, the next method serves that they
// are enough for.
func TestPassiveMethodByCapabilities(t *testing.T) {
	sh(t, "modprobe ip_vs")
	tests := []struct {
		name         string
		capabilities []int
		want         []passive.Method
	}{
		{"CAP_SYS_ADMIN", []int{unix.CAP_SYS_ADMIN}, passive.Methods()},
		{"CAP_BPF and CAP_PERFMON", []int{unix.CAP_BPF, unix.CAP_PERFMON}, []passive.Method{passive.KprobeMulti}},
		{"CAP_BPF", []int{unix.CAP_BPF}, nil},
		{"CAP_PERFMON", []int{unix.CAP_PERFMON}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			want := slices.DeleteFunc(slices.Clone(test.want), func(m passive.Method) bool { return !slices.Contains(methodsHere(t), m) })
			for _, method := range passive.Methods() {
				_, err := openWith(test.capabilities, method)
				t.Logf("%s: %v", method, err)
				if (err == nil) != slices.Contains(want, method) {
					t.Errorf("%s: error %v", method, err)
				}
			}
			got, err := openWith(test.capabilities)
			if len(want) == 0 && err == nil || len(want) > 0 && got != want[0] {
				t.Errorf("it is attached by %s, error %v, want %v", got, err, want)
			}
		})
	}
}

// openWith opens a meter in a thread that has these capabilities alone, and
// returns what it was attached by.
func openWith(capabilities []int, methods ...passive.Method) (by passive.Method, err error) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread() // the thread ends with the goroutine
		if err = keepCapabilities(capabilities...); err != nil {
			return
		}
		var meter *passive.Meter
		if meter, err = passive.Open(passive.Options{Methods: methods}); err == nil {
			by, err = meter.Method(), meter.Close()
		}
	}()
	<-ended
	return by, err
}

// keepCapabilities leaves the calling thread just these.
func keepCapabilities(kept ...int) error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	for _, c := range kept {
		data[c/32].Effective |= 1 << (c % 32)
		data[c/32].Permitted |= 1 << (c % 32)
	}
	return unix.Capset(&header, &data[0])
}
