package lab

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestMakeFolder(t *testing.T) {
	broken := errors.New("broken")
	tests := []struct {
		name string
		err  error
	}{
		{"filling fails", broken},
		{"filled", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cache := t.TempDir()
			folder := filepath.Join(cache, "made")
			err := makeFolder(cache, folder, func(_, work string) error {
				write(t, filepath.Join(work, "half"), "", 0o644)
				return tt.err
			})
			if !errors.Is(err, tt.err) {
				t.Errorf("error %v, want %v", err, tt.err)
			}
			if _, err := os.Stat(filepath.Join(folder, "half")); (err == nil) != (tt.err == nil) {
				t.Errorf("the folder: error %v", err)
			}
			if left, _ := filepath.Glob(filepath.Join(cache, "work-*")); left != nil {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

func TestDebianRootTakesWhatIsThere(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("LAB_CACHE", cache)
	t.Setenv("PATH", "") // nothing can be made
	if _, err := DebianRoot(t.Context(), nil); err == nil {
		t.Error("no error though nothing is there")
	}
	want := filepath.Join(cache, "root-"+hash(imageScript), "debian.tar")
	write(t, want, "", 0o644)
	if got, err := DebianRoot(t.Context(), nil); got != want || err != nil {
		t.Errorf("archive %q, error %v, want %q", got, err, want)
	}
}

func TestUnpackPackageTakesWhatIsThere(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("LAB_CACHE", cache)
	t.Setenv("PATH", "") // nothing can be fetched
	if _, err := UnpackPackage(t.Context(), "hello", "none", nil); err == nil {
		t.Error("no error though nothing is there")
	}
	want := filepath.Join(cache, "unpacked-hello-"+hash(imageScript, "none"))
	write(t, filepath.Join(want, "file"), "", 0o644)
	if got, err := UnpackPackage(t.Context(), "hello", "none", nil); got != want || err != nil {
		t.Errorf("folder %q, error %v, want %q", got, err, want)
	}
}
