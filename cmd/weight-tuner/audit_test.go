package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

func TestAuditLog(t *testing.T) {
	for before, want := range map[string]string{
		"":                    "{}\n{}\n",
		"{\"a\": 1}\n":        "{\"a\": 1}\n{}\n{}\n",
		"{\"a\": 1}\n{\"a\":": "{\"a\": 1}\n{\"a\":\n{}\n{}\n",
	} {
		file := filepath.Join(t.TempDir(), "new", "audit.jsonl")
		if before != "" {
			file = files(t, map[string]string{"audit": before})["audit"]
		}
		log := newAuditLog(tuner.AuditLog{File: file, MaxMegabytes: 1, MaxFiles: 2})
		for range 2 {
			if _, err := log.Write([]byte("{}\n")); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != want {
			t.Errorf("after %q it has %q, %v", before, got, err)
		}
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestAuditLogIsRotated(t *testing.T) {
	folder := t.TempDir()
	log := newAuditLog(tuner.AuditLog{File: filepath.Join(folder, "audit.jsonl"), MaxMegabytes: 1, MaxFiles: 2})
	defer log.Close()
	line := append(bytes.Repeat([]byte("x"), 600<<10), '\n')
	for range 2 {
		if _, err := log.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 2 {
		t.Errorf("files %v, %v", entries, err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Size() != int64(len(line)) || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", e.Name(), info, err)
		}
	}
}
