// Package golden compares what tests get with files of testdata.
package golden

import (
	"os"
	"path/filepath"
	"testing"
)

// Expect wants the file of testdata to be so; with UPDATE_GOLDEN set it writes
// the file instead.
func Expect(t *testing.T, name string, got []byte) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}
