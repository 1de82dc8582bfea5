package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/pages"
	"github.com/ipvs-autopilot/ipvs-autopilot/names"
)

// Each file of names in the documentation can be read, and each call of the
// program is one that it takes.
func TestDocumentedBlocks(t *testing.T) {
	blocks, err := pages.Blocks("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range blocks {
		t.Run(b.String(), func(t *testing.T) {
			switch {
			case b.Kind == "yaml names":
				expectNames(t, b.Text)
			case strings.HasPrefix(b.Kind, "sh "):
				expectTaken(t, b.Text)
			}
		})
	}
}

func expectNames(t *testing.T, text string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "names.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := names.New(names.Options{File: file}); err != nil {
		t.Error(err)
	}
}
