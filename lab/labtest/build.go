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

// NodeExporter is the package of node_exporter, in the latest version that can
// be built.
const NodeExporter = "github.com/prometheus/node_exporter@v1.12.1"

// Build makes static programs and puts them into folder. Packages are of this
// module, given as paths below its root like ./cmd/weight-tuner, or of another
// module, as PATH@VERSION.
func Build(folder string, packages ...string) error {
	var own []string
	for _, p := range packages {
		if !strings.Contains(p, "@") {
			own = append(own, p)
			continue
		}
		if err := install(folder, p); err != nil {
			return err
		}
	}
	if len(own) == 0 {
		return nil
	}
	root, err := lab.ModuleRoot()
	if err != nil {
		return err
	}
	cmd := exec.Command("go", append([]string{"build", "-ldflags=-s -w", "-o", folder + "/"}, own...)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	return build(cmd, own...)
}

// install builds a package out of this module, which is none of its own.
func install(folder, pkg string) error {
	cmd := exec.Command("go", "install", "-trimpath", "-ldflags=-s -w", pkg)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOBIN="+folder, "GOFLAGS=")
	return build(cmd, pkg)
}

func build(cmd *exec.Cmd, packages ...string) error {
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", strings.Join(packages, " "), err, output)
	}
	return nil
}

// builtFiles names what Build has put into folder.
func builtFiles(folder string, packages []string) []lab.File {
	var files []lab.File
	for _, p := range packages {
		name, _, _ := strings.Cut(path.Base(p), "@")
		files = append(files, lab.File{Host: filepath.Join(folder, name)})
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
