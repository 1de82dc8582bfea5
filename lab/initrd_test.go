package lab

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func TestAddTree(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "program"), "binary", 0o755)
	write(t, filepath.Join(folder, "tree/deep/file"), "text", 0o644)
	if err := os.Symlink("program", filepath.Join(folder, "link")); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name        string
		host, guest string
		want        []string
	}{
		{"file", "program", "lab/p", []string{"lab/p 81ED"}},
		{"link is followed", "link", "lab/p", []string{"lab/p 81ED"}},
		{"file below a new folder", "program", "lab/a/b/p", []string{"lab/a 41ED", "lab/a/b 41ED", "lab/a/b/p 81ED"}},
		{"folder", "tree", "lab/t", []string{"lab/t 41ED", "lab/t/deep 41ED", "lab/t/deep/file 81A4"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var archive bytes.Buffer
			c := &cpioWriter{w: &archive}
			if err := addTree(c, filepath.Join(folder, tt.host), tt.guest); err != nil {
				t.Fatal(err)
			}
			if got := entries(archive.String()); c.err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("entries %q, error %v, want %q", got, c.err, tt.want)
			}
		})
	}
}

func TestAddTreeErrors(t *testing.T) {
	folder := t.TempDir()
	pipe := filepath.Join(folder, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{filepath.Join(folder, "missing"), filepath.Join(folder, "pipe")} {
		err := addTree(&cpioWriter{w: new(bytes.Buffer)}, host, "lab/x")
		if err == nil || !strings.Contains(err.Error(), host) {
			t.Errorf("error %v, want one that names %s", err, host)
		}
	}
}

// entries returns the names and modes of a newc archive's entries.
func entries(archive string) []string {
	var found []string
	header := regexp.MustCompile(`070701[0-9A-F]{8}0000([0-9A-F]{4})[0-9A-F]{88}([^\x00]*)\x00`)
	for _, match := range header.FindAllStringSubmatch(archive, -1) {
		found = append(found, match[2]+" "+match[1])
	}
	return found
}

func write(t *testing.T, file, content string, mode fs.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}
