package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon/daemontest"
)

func TestProtected(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "weight-tuner.yaml")
	text := fmt.Appendf(nil, "state_file: %s\nservices: [{match: '*', policy: static}]\n", filepath.Join(dir, "state.json"))
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	start := func(ctx context.Context, args []string, log io.Writer) error { return run(ctx, args, io.Discard, log) }
	daemontest.Protected(t, start, []string{"run", "--dry-run", "--config.file=" + config}, "/", "/metrics", "/plan", "/api/v1/status", "/status.js")
}
