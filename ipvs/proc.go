package ipvs

import (
	"os"
	"path/filepath"

	"github.com/prometheus/procfs"
)

// Proc reads the IPVS of the network namespace that the process runs in from
// the proc filesystem, which takes no privilege. See [Procfs] for what is
// missing there.
type Proc struct {
	root   string
	kernel kernel
}

// NewProc returns a reader of the proc filesystem mounted at root.
func NewProc(root string) *Proc { return &Proc{root: root, kernel: readKernel(root)} }

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
	t, err := parseProc(f)
	if err != nil {
		return nil, err
	}
	p.kernel.describe(&t.Director)
	return t, readTotals(p.root, &t.Director)
}

// readTotals reads what neither netlink nor /proc/net/ip_vs has: the counters
// of the whole director.
func readTotals(root string, d *Director) error {
	proc, err := procfs.NewFS(root)
	if err != nil {
		return err
	}
	totals, err := proc.IPVSStats()
	if err != nil {
		return err
	}
	d.Stats = Stats{
		Connections:     totals.Connections,
		IncomingPackets: totals.IncomingPackets,
		OutgoingPackets: totals.OutgoingPackets,
		IncomingBytes:   totals.IncomingBytes,
		OutgoingBytes:   totals.OutgoingBytes,
	}
	return nil
}
