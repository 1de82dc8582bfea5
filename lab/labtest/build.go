package labtest

import (
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab"
)

// Build makes static programs of packages of this module, given as paths below
// its root like ./cmd/weight-tuner, and puts them into folder.
func Build(folder string, packages ...string) error {
	if len(packages) == 0 {
		return nil
	}
	root, err := lab.ModuleRoot()
	if err != nil {
		return err
	}
	cmd := exec.Command("go", append([]string{"build", "-trimpath", "-ldflags=-s -w", "-o", folder + "/"}, packages...)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", strings.Join(packages, " "), err, output)
	}
	return nil
}

// builtFiles names what Build has put into folder.
func builtFiles(folder string, packages []string) []lab.File {
	var files []lab.File
	for _, p := range packages {
		files = append(files, lab.File{Host: filepath.Join(folder, path.Base(p))})
	}
	return files
}

// checkStatic says what to do if program needs a loader, which the guest lacks.
func checkStatic(program string) error {
	f, err := elf.Open(program)
	if err != nil {
		return fmt.Errorf("%s: %w", program, err)
	}
	defer f.Close()
	for _, segment := range f.Progs {
		if segment.Type == elf.PT_INTERP {
			return fmt.Errorf("%s is linked dynamically: test with CGO_ENABLED=0", program)
		}
	}
	return nil
}
