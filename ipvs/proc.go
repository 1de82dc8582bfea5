package ipvs

import (
	"io"
	"os"
	"path/filepath"
	"time"
)

// proc reads the IPVS of the calling thread's network namespace from the proc
// filesystem, which takes no privilege. See [Procfs] for what is missing
// there.
type proc struct {
	net            string // folder of the calling thread's network namespace
	vs             string // folder of the sysctls
	kernel         *runningKernel
	tick           time.Duration // of the kernel; 0 is unknown
	overheadFactor uint32        // 0 is the kernel's
}

// kernelAt returns the kernel that shows itself in the proc filesystem
// mounted at root, and in sys beside it.
func kernelAt(root string) *runningKernel {
	return readKernel(root, filepath.Join(root, "../sys"))
}

// newProc returns a reader of the proc filesystem mounted at root.
func newProc(root string, k *runningKernel) *proc {
	p := &proc{
		net:    filepath.Join(root, "net"),
		vs:     filepath.Join(root, "sys/net/ipv4/vs"),
		kernel: k,
		tick:   tick(),
	}
	// root/net would be that of the process's first thread.
	if thread := filepath.Join(root, "thread-self/net"); exists(thread) {
		p.net = thread
	}
	return p
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// table reads the whole table. Entries that the kernel repeats, because
// somebody edited the table meanwhile, are merged.
func (p *proc) table() (*Table, error) {
	t, err := parseTable(filepath.Join(p.net, "ip_vs"), func(r io.Reader) (*Table, error) { return parseProc(r, p.tick) })
	if err != nil {
		return nil, err
	}
	files, err := openDirectorFiles(p.net)
	if err != nil {
		return nil, err
	}
	defer files.close()
	return t, p.describe(&t.Director, files)
}

// describe adds to a director what only files tell of it.
func (p *proc) describe(d *Director, files directorFiles) error {
	p.kernel.describe(d)
	if p.overheadFactor != 0 {
		d.OverheadFactor = p.overheadFactor
	}
	return files.read(d)
}
