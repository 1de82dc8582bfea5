package ipvs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestReadSysctls(t *testing.T) {
	folder := t.TempDir()
	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("sync_threshold", "3\t50\n")
	write("sync_ports", "1\n")
	if err := errors.Join(
		os.Mkdir(filepath.Join(folder, "folder"), 0o755),
		os.Symlink("sync_ports", filepath.Join(folder, "link")),
	); err != nil {
		t.Fatal(err)
	}
	got, err := readSysctls(folder)
	want := []Sysctl{{Name: "sync_period", Value: 50}, {Name: "sync_ports", Value: 1}, {Name: "sync_threshold", Value: 3}}
	if !slices.Equal(got, want) || err != nil {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestReadSysctlsErrors(t *testing.T) {
	_, err := readSysctls(filepath.Join(t.TempDir(), "missing"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without the folder: error %v", err)
	}
}
