//go:build lab

package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// The kernel's types tell how it computes overheads where its version is not
// to be found, and say what its version says.
func TestKernelTypesTellOverhead(t *testing.T) {
	openDirector(t, nil)
	version := directorOf(t, map[string]string{"proc": "/proc"})
	types := directorOf(t, map[string]string{"proc/net": "/proc/thread-self/net", "sys": "/sys"})
	if version.Kernel == "" || version.OverheadFactor == 0 {
		t.Errorf("version %q, factor %d", version.Kernel, version.OverheadFactor)
	}
	if types.Kernel != "" || types.OverheadFactor != version.OverheadFactor {
		t.Errorf("version %q, factor %d by the types, %d by version %s",
			types.Kernel, types.OverheadFactor, version.OverheadFactor, version.Kernel)
	}
}

// directorOf reads the table where only parts of the kernel's filesystems are
// mounted: links and where they lead.
func directorOf(t *testing.T, links map[string]string) ipvs.Director {
	t.Helper()
	folder := t.TempDir()
	for link, to := range links {
		link = filepath.Join(folder, link)
		if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
	}
	table, err := ipvs.NewClient(ipvs.Options{Proc: filepath.Join(folder, "proc"), Source: ipvs.Procfs}).Table()
	if err != nil {
		t.Fatal(err)
	}
	return table.Director
}
