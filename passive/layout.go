package passive

import (
	"fmt"
	"os"
	"slices"
	"syscall"

	"github.com/cilium/ebpf/btf"
)

// The functions that the programs are attached to.
const (
	hook    = "tcp_state_transition"
	hookUDP = "udp_state_transition"
)

// field is one that the program reads, and how long it may be in bytes. The
// kernel says where it is.
type field struct {
	structure, name string
	sizes           []int
}

func fields() []field {
	return []field{
		{"ip_vs_conn", "cport", []int{2}},
		{"ip_vs_conn", "caddr", []int{16}},
		{"ip_vs_conn", "af", []int{1, 2}},
		{"ip_vs_conn", "flags", []int{4}},
		{"ip_vs_conn", "ipvs", []int{8}},
		{"ip_vs_conn", "dest", []int{8}},
		{"ip_vs_dest", "af", []int{2}},
		{"ip_vs_dest", "port", []int{2}},
		{"ip_vs_dest", "addr", []int{16}},
		{"ip_vs_dest", "vport", []int{2}},
		{"ip_vs_dest", "vaddr", []int{16}},
		{"ip_vs_dest", "vfwmark", []int{4}},
		{"netns_ipvs", "net", []int{8}},
		{"ns_common", "inum", []int{4}},
		{"sk_buff", "len", []int{4}},
		{"sk_buff", "head", []int{8}},
		{"sk_buff", "network_header", []int{2}},
	}
}

// kernelTypes returns what the running kernel tells of its types, those of ip_vs
// included.
func kernelTypes() ([]*btf.Spec, error) {
	if loaded() == 0 {
		return nil, ErrNotLoaded
	}
	kernel, err := btf.LoadKernelSpec()
	if err != nil {
		return nil, fmt.Errorf("the kernel does not tell its types (CONFIG_DEBUG_INFO_BTF): %w", err)
	}
	module, err := btf.LoadKernelModuleSpec("ip_vs")
	if err == nil {
		return []*btf.Spec{module, kernel}, nil
	}
	if _, builtIn := find[*btf.Func]([]*btf.Spec{kernel}, hook); builtIn {
		return []*btf.Spec{kernel}, nil
	}
	return nil, fmt.Errorf("the kernel does not tell the types of ip_vs (CONFIG_DEBUG_INFO_BTF_MODULES): %w", err)
}

// loaded returns a number that differs each time the module is loaded, 0 if it is
// not.
func loaded() uint64 {
	info, err := os.Stat("/sys/module/ip_vs")
	if err != nil {
		return 0
	}
	return info.Sys().(*syscall.Stat_t).Ino
}

// checkLayout returns an error if the program would misread a kernel of these
// types.
func checkLayout(types []*btf.Spec) error {
	for _, hook := range []string{hook, hookUDP} {
		if err := checkHook(types, hook); err != nil {
			return err
		}
	}
	for _, f := range fields() {
		structure, found := find[*btf.Struct](types, f.structure)
		if !found {
			return fmt.Errorf("the kernel has no struct %s", f.structure)
		}
		size, found := sizeOf(structure.Members, f.name)
		if !found {
			return fmt.Errorf("the kernel's struct %s has no %s", f.structure, f.name)
		}
		if !slices.Contains(f.sizes, size) {
			return fmt.Errorf("the kernel's struct %s has %s in %d bytes, not %v", f.structure, f.name, size, f.sizes)
		}
	}
	return nil
}

func checkHook(types []*btf.Spec, hook string) error {
	function, found := find[*btf.Func](types, hook)
	if !found {
		return fmt.Errorf("the kernel has no function %s", hook)
	}
	proto, ok := function.Type.(*btf.FuncProto)
	if !ok || len(proto.Params) < 3 ||
		pointee(proto.Params[0].Type) != "ip_vs_conn" || pointee(proto.Params[2].Type) != "sk_buff" {
		return fmt.Errorf("the kernel's function %s takes other parameters", hook)
	}
	return nil
}

// pointee returns the name of the struct that t points to, else "".
func pointee(t btf.Type) string {
	if p, ok := btf.UnderlyingType(t).(*btf.Pointer); ok {
		if s, ok := btf.UnderlyingType(p.Target).(*btf.Struct); ok {
			return s.Name
		}
	}
	return ""
}

func find[T btf.Type](types []*btf.Spec, name string) (T, bool) {
	var found T
	for _, t := range types {
		if t.TypeByName(name, &found) == nil {
			return found, true
		}
	}
	return found, false
}

// sizeOf looks into structs and unions without a name, too.
func sizeOf(members []btf.Member, name string) (size int, found bool) {
	for _, m := range members {
		if m.Name == name {
			size, err := btf.Sizeof(m.Type)
			return size, err == nil && m.BitfieldSize == 0
		}
		if m.Name != "" {
			continue
		}
		if size, found = sizeOf(membersOf(m.Type), name); found {
			return size, true
		}
	}
	return 0, false
}

func membersOf(t btf.Type) []btf.Member {
	switch t := btf.UnderlyingType(t).(type) {
	case *btf.Struct:
		return t.Members
	case *btf.Union:
		return t.Members
	}
	return nil
}
