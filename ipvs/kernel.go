package ipvs

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
)

// kernel is the upstream version of a kernel; zero where it cannot be told.
type kernel struct {
	Major, Minor int
	Patch        int // -1 where the distribution does not tell
}

// String returns the form 6.12.117, without the patch where it is unknown; "" for
// the zero kernel.
func (k kernel) String() string {
	switch {
	case k == kernel{}:
		return ""
	case k.Patch < 0:
		return fmt.Sprintf("%d.%d", k.Major, k.Minor)
	}
	return fmt.Sprintf("%d.%d.%d", k.Major, k.Minor, k.Patch)
}

// overheadFactor returns the factor of kernels of that version: the fix came
// in Linux 7.2, 6.12.104 and 6.1.183. 0 is unknown: other stable series were
// still being fixed when this was written.
func (k kernel) overheadFactor() uint32 {
	fixed := map[kernel]int{{Major: 6, Minor: 12}: 104, {Major: 6, Minor: 1}: 183}
	patch, known := fixed[kernel{Major: k.Major, Minor: k.Minor}]
	switch {
	case k == kernel{}:
		return 0
	case k.atLeast(7, 2):
		return overheadSinceFix
	case !k.atLeast(5, 10): // no longer maintained when the fix came
		return overheadBeforeFix
	case !known || k.Patch < 0:
		return 0
	case k.Patch >= patch:
		return overheadSinceFix
	}
	return overheadBeforeFix
}

func (k kernel) atLeast(major, minor int) bool {
	return cmp.Or(cmp.Compare(k.Major, major), cmp.Compare(k.Minor, minor)) >= 0
}

// runningKernel is what tells of the kernel that runs.
type runningKernel struct {
	version kernel
	types   kernelTypes
}

// readKernel reads the running kernel's version, zero where it is not to be
// found. proc and sys are where those filesystems are mounted.
func readKernel(proc, sys string) *runningKernel {
	release, _ := os.ReadFile(filepath.Join(proc, "sys/kernel/osrelease"))
	build, _ := os.ReadFile(filepath.Join(proc, "sys/kernel/version"))
	return &runningKernel{
		version: parseKernel(string(release), string(build)),
		types:   kernelTypes{sys: sys},
	}
}

// describe tells of the kernel in d. What is in the kernel goes before what
// its version suggests.
func (r *runningKernel) describe(d *Director) {
	d.Kernel = r.version.String()
	d.OverheadFactor = cmp.Or(r.types.overheadFactor(), r.version.overheadFactor())
}

// parseKernel reads what uname -r and uname -v print. Debian has the upstream
// version in the latter ("… Debian 6.1.192-2 …") and up to Linux 6.1 not in
// the former ("6.1.0-56-amd64"). A release of that form tells no patch.
func parseKernel(release, build string) kernel {
	version := `(\d{1,4})\.(\d{1,4})\.(\d{1,4})`
	if m := regexp.MustCompile(` Debian ` + version).FindStringSubmatch(build); m != nil {
		return kernelOf(m)
	}
	m := regexp.MustCompile(`^` + version + `(-\d)?`).FindStringSubmatch(release)
	if m == nil {
		return kernel{}
	}
	k := kernelOf(m)
	if k.Patch == 0 && m[4] != "" {
		k.Patch = -1
	}
	return k
}

func kernelOf(match []string) kernel {
	var n [3]int
	for i := range n {
		n[i], _ = strconv.Atoi(match[1+i]) // the pattern takes digits only
	}
	return kernel{n[0], n[1], n[2]}
}
