package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/pages"
)

// Each configuration in the documentation passes check, and each call of the
// program is one that it takes.
func TestDocumentedBlocks(t *testing.T) {
	blocks, err := pages.Blocks("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range blocks {
		t.Run(b.String(), func(t *testing.T) {
			switch {
			case b.Kind == "yaml weight-tuner":
				expectChecked(t, b.Text)
			case strings.HasPrefix(b.Kind, "sh "):
				expectTaken(t, b.Text)
			}
		})
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
