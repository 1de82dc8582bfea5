package main

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/figures"
)

func TestMistakes(t *testing.T) {
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"unknown policy", []string{"--policy=clever"}, `policy "clever" is not one of`},
		{"unknown row", []string{"--row=nonsense"}, `no row matches "nonsense"`},
		{"no folder", []string{"--write=/nonsense"}, "no such file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := run(test.args, time.Unix(1000, 0), &strings.Builder{}); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %s", err, test.want)
			}
		})
	}
}

// TestHole holds a policy that does nothing against the bar of one row.
func TestHole(t *testing.T) {
	var b strings.Builder
	err := run([]string{"--policy=static,oracle", "--row=hole", "--fixed"}, time.Unix(1000, 0), &b)
	if got := b.String(); !errors.Is(err, errNotHeld) || !strings.HasPrefix(got, "seeds: 1 2 3 4 5\nROW ") ||
		strings.Count(got, "NO\n") != 1 || strings.Count(got, "yes\n") != 1 {
		t.Errorf("error %v of\n%s", err, got)
	}
}

func TestWrite(t *testing.T) {
	folder := t.TempDir()
	if err := run([]string{"--write=" + folder}, time.Unix(1000, 0), &strings.Builder{}); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := figures.Rows()
	if err != nil || len(files) != len(rows) {
		t.Errorf("%d files of %d rows, error %v", len(files), len(rows), err)
	}
}
