package labtest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab"
)

func TestGuestFlags(t *testing.T) {
	tests := []struct {
		name       string
		args, want []string
	}{
		{
			"those of the host",
			[]string{"-test.testlogfile=/tmp/log", "-test.coverprofile=c.out", "-test.gocoverdir=/tmp/c", "-test.cpuprofile=cpu.out", "-test.outputdir=/tmp"},
			nil,
		},
		{
			"others",
			[]string{"-test.v=true", "-test.run=^TestX$", "-test.timeout=10m0s", "-test.coverprofiles=x", "-own=y", "word"},
			[]string{"-test.v=true", "-test.run=^TestX$", "-test.timeout=10m0s", "-test.coverprofiles=x", "-own=y", "word"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := guestFlags(tt.args); !slices.Equal(got, tt.want) {
				t.Errorf("kept %q, want %q", got, tt.want)
			}
		})
	}
}

func TestBuild(t *testing.T) {
	folder := t.TempDir()
	if err := Build(folder, "./lab/cmd/missing"); err == nil || !strings.Contains(err.Error(), "./lab/cmd/missing") {
		t.Errorf("error %v, want one that names the package", err)
	}
	if err := Build(folder, "./lab/cmd/labtool"); err != nil {
		t.Fatal(err)
	}
	files := builtFiles(folder, []string{"./lab/cmd/labtool"})
	if err := checkStatic(files[0].Host); err != nil {
		t.Error(err)
	}
}

func TestCheckStatic(t *testing.T) {
	tests := []struct{ name, program, want string }{
		{"linked dynamically", "/bin/ls", "CGO_ENABLED=0"},
		{"no program", "labtest.go", "bad magic number"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := checkStatic(tt.program); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %q", err, tt.want)
			}
		})
	}
}

func TestLink(t *testing.T) {
	folder := t.TempDir()
	for _, f := range []lab.File{{Host: "labtest.go"}, {Host: "labtest.go", Guest: "a/b"}} {
		if err := link(folder, f); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"labtest.go", "a/b"} {
		if content, err := os.ReadFile(filepath.Join(folder, name)); err != nil || len(content) == 0 {
			t.Errorf("%s: %d bytes, error %v", name, len(content), err)
		}
	}
	if err := link(folder, lab.File{Host: "labtest.go"}); err == nil {
		t.Error("no error for a name that is taken")
	}
}
