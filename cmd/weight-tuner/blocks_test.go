package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon/daemontest"
	"github.com/ipvs-autopilot/ipvs-autopilot/internal/pages"
)

// Each configuration in the documentation passes check, and each call of the
// program is one that it takes.
func TestDocumentedBlocks(t *testing.T) {
	blocks, err := pages.Blocks("../..")
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	for _, b := range blocks {
		t.Run(b.String(), func(t *testing.T) {
			switch {
			case b.Kind == "yaml weight-tuner":
				expectChecked(t, b.Text)
			case strings.HasPrefix(b.Kind, "sh "):
				calls += daemontest.ExpectTaken(t, quietApplication, b.Text)
			}
		})
	}
	if calls == 0 {
		t.Error("no block calls the program")
	}
}

// expectChecked tries a configuration; one that shows other keys gets services.
func expectChecked(t *testing.T, config string) {
	t.Helper()
	if !strings.Contains(config, "services:") {
		config += "services: [{match: 'tcp/*'}]\n"
	}
	file := filepath.Join(t.TempDir(), "weight-tuner.yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := runWith(t, "check", "--config.file="+file); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
