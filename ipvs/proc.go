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
	net            string // folder of the calling thread's network namespace
	vs             string // folder of the sysctls
	kernel         kernel
	overheadFactor uint32 // 0 is the kernel's
}

// NewProc returns a reader of the proc filesystem mounted at root.
func NewProc(root string) *Proc {
	p := &Proc{
		net:    filepath.Join(root, "net"),
		vs:     filepath.Join(root, "sys/net/ipv4/vs"),
		kernel: readKernel(root),
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

// probe returns an error where there is no IPVS.
func (p *Proc) probe() error {
	_, err := os.Stat(filepath.Join(p.net, "ip_vs"))
	return err
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
	f, err := os.Open(filepath.Join(p.net, "ip_vs"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, err := parseProc(f)
	if err != nil {
		return nil, err
	}
	return t, p.describe(&t.Director)
}

// describe adds to a director what only files tell of it.
func (p *Proc) describe(d *Director) error {
	p.kernel.describe(d)
	if p.overheadFactor != 0 {
		d.OverheadFactor = p.overheadFactor
	}
	return readTotals(filepath.Dir(p.net), d)
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
