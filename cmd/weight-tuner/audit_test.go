package main

import (
	"bytes"
	"errors"
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

// What becomes of the file and its folder while the log is open keeps no later
// line from where it is looked for.
func TestAuditLogFollowsItsFile(t *testing.T) {
	for name, become := range map[string]func(file string) error{
		"moved":          func(file string) error { return os.Rename(file, file+".1") },
		"folder deleted": func(file string) error { return os.RemoveAll(filepath.Dir(file)) },
		"another file":   func(file string) error { return errors.Join(os.Remove(file), os.WriteFile(file, nil, 0o600)) },
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "new", "audit.jsonl")
			log := newAuditLog(tuner.AuditLog{File: file, MaxMegabytes: 1, MaxFiles: 2})
			defer log.Close()
			_, err := log.Write([]byte("1\n"))
			err = errors.Join(err, become(file))
			if _, again := log.Write([]byte("2\n")); errors.Join(err, again) != nil {
				t.Fatal(err, again)
			}
			if got, err := os.ReadFile(file); err != nil || string(got) != "2\n" {
				t.Errorf("it has %q, %v", got, err)
			}
		})
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
