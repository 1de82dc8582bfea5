// Package packaging_test holds the systemd units to what they promise.
package packaging_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mostExposure is ten times what systemd-analyze security may come to.
const mostExposure = 20

// unit returns the text of a program's unit and of the drop-ins that follow it.
func unit(t *testing.T, program string, dropIns ...string) string {
	t.Helper()
	var text strings.Builder
	files := []string{"systemd/" + program + ".service"}
	for _, d := range dropIns {
		files = append(files, "systemd/drop-ins/"+d+".conf")
	}
	for _, file := range files {
		part, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(part)
	}
	return text.String()
}

// analyze runs systemd-analyze on a unit, whose program need not be installed.
// systemd itself need not run.
func analyze(t *testing.T, program, text string, args ...string) (printed string, err error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), program+".service")
	text = strings.ReplaceAll(text, "/usr/bin/"+program, "/bin/true")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("systemd-analyze", append(args, file)...).CombinedOutput()
	return string(out), err
}

func TestUnits(t *testing.T) {
	tests := []struct {
		program      string
		dropIns      []string
		capabilities []string
	}{
		{"ipvs-exporter", nil, []string{"CAP_NET_ADMIN"}},
		{"ipvs-exporter", []string{"procfs"}, nil},
		{"ipvs-exporter", []string{"netns"}, []string{"CAP_NET_ADMIN", "CAP_SYS_ADMIN"}},
		{"ipvs-exporter", []string{"latency"}, []string{"CAP_NET_ADMIN", "CAP_SYS_ADMIN"}},
		{"weight-tuner", nil, []string{"CAP_NET_ADMIN"}},
		{"weight-tuner", []string{"latency"}, []string{"CAP_NET_ADMIN", "CAP_SYS_ADMIN"}},
		{"weight-tuner", []string{"netns"}, []string{"CAP_NET_ADMIN", "CAP_SYS_ADMIN"}},
	}
	for _, test := range tests {
		t.Run(strings.Join(append([]string{test.program}, test.dropIns...), " with "), func(t *testing.T) {
			text := unit(t, test.program, test.dropIns...)
			if out, err := analyze(t, test.program, text, "verify"); err != nil || out != "" {
				t.Errorf("systemd-analyze verify: %v\n%s", err, out)
			}
			out, err := analyze(t, test.program, text, "security", "--offline=true", fmt.Sprintf("--threshold=%d", mostExposure))
			if err != nil {
				t.Errorf("systemd-analyze security: %v\n%s", err, out)
			}
			for _, key := range []string{"AmbientCapabilities", "CapabilityBoundingSet"} {
				if got := values(text, key); !slices.Equal(got, test.capabilities) {
					t.Errorf("%s has %v, want %v", key, got, test.capabilities)
				}
			}
			if got := values(text, "User"); !slices.Equal(got, []string{test.program}) {
				t.Errorf("it runs as %v", got)
			}
		})
	}
}

// A unit that lacks what it should have is found.
func TestOpenUnit(t *testing.T) {
	text := strings.ReplaceAll(unit(t, "weight-tuner"), "CapabilityBoundingSet=", "#")
	if out, err := analyze(t, "weight-tuner", text, "security", "--offline=true", fmt.Sprintf("--threshold=%d", mostExposure)); err == nil {
		t.Errorf("as well as with a bounding set:\n%s", out)
	}
	if out, _ := analyze(t, "weight-tuner", text+"Nonsense=yes\n", "verify"); !strings.Contains(out, "Nonsense") {
		t.Errorf("an unknown key is verified: %q", out)
	}
}

// values returns those of a key in a unit, in order; an empty one drops those
// before it, as systemd has it.
func values(text, key string) (list []string) {
	for line := range strings.Lines(text) {
		value, ok := strings.CutPrefix(line, key+"=")
		if value = strings.TrimSpace(value); ok && value == "" {
			list = nil
		} else if ok {
			list = append(list, value)
		}
	}
	return list
}

// Every program has a user and flags, which name one address to listen on.
func TestDefaults(t *testing.T) {
	for program, port := range map[string]string{"ipvs-exporter": "9975", "weight-tuner": "9976"} {
		flags, err := os.ReadFile("default/" + program)
		if err != nil {
			t.Fatal(err)
		}
		args := strings.Fields(strings.Trim(strings.Join(values(string(flags), "ARGS"), ""), `"`))
		if !slices.Contains(args, "--web.listen-address=127.0.0.1:"+port) {
			t.Errorf("%s has the flags %q", program, args)
		}
		user, err := os.ReadFile("sysusers.d/" + program + ".conf")
		if err != nil {
			t.Fatal(err)
		}
		if want := "u " + program + " - "; !strings.HasPrefix(string(user), want) {
			t.Errorf("the user is made by %s, want %s", user, want)
		}
	}
}
