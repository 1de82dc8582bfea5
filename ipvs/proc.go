package ipvs

import (
	"os"
	"path/filepath"
	"time"
)

// Proc reads the IPVS of the network namespace that the process runs in from
// the proc filesystem, which takes no privilege. See [Procfs] for what is
// missing there.
type Proc struct {
	root   string
	kernel *runningKernel
	tick   time.Duration // of the kernel; 0 is unknown
}

// NewProc returns a reader of the proc filesystem mounted at root.
func NewProc(root string) *Proc {
	return &Proc{root: root, kernel: readKernel(root, filepath.Join(root, "../sys")), tick: tick()}
}

// Table reads the whole table. Entries that the kernel repeats, because
// somebody edited the table meanwhile, are merged.
func (p *Proc) Table() (*Table, error) {
	t, err := p.table()
	if err != nil {
		return nil, &Error{Op: "read table", Err: cause(err)}
	}
	return t, nil
}

func (p *Proc) table() (*Table, error) {
	f, err := os.Open(filepath.Join(p.root, "net/ip_vs"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, err := parseProc(f, p.tick)
	if err != nil {
		return nil, err
	}
	p.kernel.describe(&t.Director)
	t.Director.Stats, err = readTotals(filepath.Join(p.root, "net"))
	return t, err
}
