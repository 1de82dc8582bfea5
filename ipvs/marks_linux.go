package ipvs

import (
	"bufio"
	"cmp"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// markReader reads which destination addresses the packet-mangling rules of a
// network namespace mark.
type markReader struct {
	proc    string
	builtIn func() bool // whether nf_tables is part of the kernel proper
}

// newMarkReader returns a reader that is to be kept: what it finds out about
// the kernel it finds out once.
func newMarkReader(proc string) *markReader {
	return &markReader{proc, sync.OnceValue(func() bool {
		return hasLine(filepath.Join(proc, "kallsyms"), isBuiltInNft)
	})}
}

// read returns the addresses by the firewall-mark service that takes their
// packets, in order, for the calling thread's network namespace. It makes the
// kernel load no module. What could be read it returns beside an error.
func (r *markReader) read() (map[ServiceID][]netip.Addr, error) {
	m := make(marks)
	err := m.readLegacy(r.proc)
	if r.nftThere() {
		err = cmp.Or(err, m.readNft())
	}
	m.sort()
	return m, err
}

// nftThere reports whether the kernel has nf_tables already. Only the kernel's
// symbols tell that it is built in, and they are many, so they are consulted
// where that is possible: where netlink's netfilter family is there, though
// the module is not.
func (r *markReader) nftThere() bool {
	return hasLine(filepath.Join(r.proc, "modules"), isLiveNft) ||
		hasLine(filepath.Join(r.proc, "thread-self/net/netlink"), isNetfilterSocket) && r.builtIn()
}

// isLiveNft matches /proc/modules: name, size, references, dependents, state.
func isLiveNft(fields []string) bool {
	return len(fields) > 4 && fields[0] == "nf_tables" && fields[4] == "Live"
}

// isNetfilterSocket matches the kernel's own socket of NETLINK_NETFILTER in
// /proc/net/netlink: address, protocol, port.
func isNetfilterSocket(fields []string) bool {
	return len(fields) > 2 && fields[1] == "12" && fields[2] == "0"
}

// isBuiltInNft matches /proc/kallsyms: address, type, name and, of a module's
// symbol, the module.
func isBuiltInNft(fields []string) bool {
	return len(fields) == 3 && fields[2] == "nft_register_expr"
}

// hasLine reports whether a file, which may be missing, has a line whose
// fields match.
func hasLine(file string, match func(fields []string) bool) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if match(strings.Fields(lines.Text())) {
			return true
		}
	}
	return false
}
