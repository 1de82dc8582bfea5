package labtest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab"
)

// runHere runs the tests on this machine, with folder in the place of /lab.
func runHere(m *testing.M, folder string, files []lab.File) (status int, err error) {
	if err := lab.WriteScripts(folder); err != nil {
		return 0, err
	}
	for _, f := range files {
		if err := link(folder, f); err != nil {
			return 0, err
		}
	}
	if err := os.Setenv("LAB_FOLDER", folder); err != nil {
		return 0, err
	}
	if err := os.Setenv("PATH", folder+":"+os.Getenv("PATH")); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

func link(folder string, f lab.File) error {
	host, err := filepath.Abs(f.Host)
	if err != nil {
		return err
	}
	name := f.Guest
	if name == "" {
		name = filepath.Base(host)
	}
	place := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
		return err
	}
	if err := os.Symlink(host, place); err != nil {
		return fmt.Errorf("lay out %s: %w", f.Host, err)
	}
	return nil
}
