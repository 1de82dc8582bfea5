package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab"
)

func TestParseForward(t *testing.T) {
	for _, text := range []string{"", "80", "80:", ":80", "a:80", "80:0", "70000:80", "1:2:3"} {
		if _, err := parseForward(text); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
	for text, want := range map[string]lab.Forward{"8080:80": {Host: 8080, Guest: 80}, "0:9975": {Guest: 9975}} {
		if got, err := parseForward(text); got != want || err != nil {
			t.Errorf("%q: %v, error %v, want %v", text, got, err, want)
		}
	}
}

func TestConfig(t *testing.T) {
	r := runCommand{count: true, files: []string{"bin/labtool", "a.sh:b/c.sh"}, script: "test.sh", args: []string{"-x", "y"}}
	got, err := r.config()
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"/lab/.script", "-x", "y"}; !slices.Equal(got.Command, want) {
		t.Errorf("command %q, want %q", got.Command, want)
	}
	if !got.Count {
		t.Error("instructions are not counted")
	}
	want := []lab.File{{Host: "test.sh", Guest: ".script"}, {Host: "bin/labtool"}, {Host: "a.sh", Guest: "b/c.sh"}}
	if !slices.Equal(got.Files, want) {
		t.Errorf("files %v, want %v", got.Files, want)
	}
}

// TestStatus makes mistakes that show before anything is booted.
func TestStatus(t *testing.T) {
	t.Setenv("LAB_CACHE", filepath.Join(t.TempDir(), "file", "cache"))
	if err := os.WriteFile(filepath.Dir(os.Getenv("LAB_CACHE")), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		args   []string
		status int
	}{
		{"no script", []string{"run"}, 2},
		{"bad port", []string{"run", "--forward=x", "script"}, 2},
		{"no cache", []string{"image"}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var stderr strings.Builder
			if status := run(t.Context(), tt.args, io.Discard, &stderr); status != tt.status {
				t.Errorf("status %d, want %d", status, tt.status)
			}
			if !strings.HasPrefix(stderr.String(), "lab: ") {
				t.Errorf("standard error %q, want an error", stderr.String())
			}
		})
	}
}

func TestReport(t *testing.T) {
	tests := []struct {
		name   string
		err    error
		status int
		want   string
	}{
		{"died", &lab.DiedError{Console: "console", QEMU: "qemu"}, 125, "console\nqemu\nlab: the guest died; last heard: \"qemu\"\n"},
		{"time limit", fmt.Errorf("lab: %w", context.DeadlineExceeded), 124, "lab: context deadline exceeded\n"},
		{"other", errors.New("lab: no"), 1, "lab: no\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var stderr strings.Builder
			if status := report(tt.err, &stderr); status != tt.status || stderr.String() != tt.want {
				t.Errorf("status %d, error %q, want %d and %q", status, stderr.String(), tt.status, tt.want)
			}
		})
	}
}
