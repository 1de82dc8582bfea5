package ipvs

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// What a kernel multiplies a real server's active connections by when it
// compares overheads: active·256 + inactive, and active·256 + total since the
// fix "ipvs: add totalconns for dest"
// (include/net/ip_vs.h:ip_vs_dest_conn_overhead).
const (
	overheadBeforeFix = 256
	overheadSinceFix  = 257
)

// kernelTypes knows the running kernel by the names in its type information
// (BTF): distributions take fixes into kernels whose version does not tell.
type kernelTypes struct {
	sys string // where the sysfs is mounted

	mu       sync.Mutex
	factor   uint32 // found before; 0 not yet
	searched bool   // the kernel's own types: they are large, and stay as they are
}

// overheadFactor returns the factor, or 0 if the kernel has no types of IPVS,
// as before the module is loaded. Those of a module stand in a file of its
// own, of some 30 KB, those of an IPVS that is built in among all others.
func (k *kernelTypes) overheadFactor() uint32 {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.factor == 0 {
		k.factor = factorOfTypes(filepath.Join(k.sys, "kernel/btf/ip_vs"))
	}
	if k.factor == 0 && !k.searched {
		k.factor = factorOfTypes(filepath.Join(k.sys, "kernel/btf/vmlinux"))
		k.searched = true
	}
	return k.factor
}

func factorOfTypes(file string) uint32 {
	f, err := os.Open(file)
	if err != nil {
		return 0
	}
	defer f.Close()
	return parseOverheadFactor(f)
}

// parseOverheadFactor looks through BTF, in which every name ends in NUL and
// stands once, for members of struct ip_vs_dest. It returns 0 where that
// struct is not in it.
func parseOverheadFactor(r io.Reader) uint32 {
	seen := map[string]bool{"activeconns\x00": false, "dest_dst\x00": false, "totalconns\x00": false}
	names := bufio.NewReader(r)
	for {
		name, err := names.ReadSlice(0)
		if _, wanted := seen[string(name)]; wanted {
			seen[string(name)] = true
		}
		switch {
		case err == nil || errors.Is(err, bufio.ErrBufferFull): // of no name of interest
			continue
		case !errors.Is(err, io.EOF) || !seen["activeconns\x00"] || !seen["dest_dst\x00"]:
			return 0
		case seen["totalconns\x00"]:
			return overheadSinceFix
		}
		return overheadBeforeFix
	}
}
