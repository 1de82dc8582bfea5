package main

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestProcessEnds(t *testing.T) {
	tests := []struct {
		name, program string
		args          []string
		want          string
	}{
		{"not there", "/no/such/program", nil, "fork/exec /no/such/program: no such file or directory"},
		{"silent", "/bin/true", nil, "true ended: status 0"},
		{
			"with many words", "/bin/sh", []string{"-c", "seq 9; echo broken >&2; exit 3"},
			"sh ended: exit status 3; its last words:\n6\n7\n8\n9\nbroken",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := process(tt.program, tt.args...)(t.Context())
			if err == nil || err.Error() != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
}

func TestProcessIsStopped(t *testing.T) {
	started := filepath.Join(t.TempDir(), "started")
	if err := syscall.Mkfifo(started, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- process("/bin/sh", "-c", "echo >"+started+"; exec sleep 1000")(ctx) }()
	if _, err := os.ReadFile(started); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := process("/bin/sleep", "1000")(ctx); err != nil {
		t.Errorf("stopped before its start: %v", err)
	}
}
