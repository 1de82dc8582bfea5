package passive

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/cilium/ebpf/btf"
)

// kernel is a kernel's types, as far as the program needs them.
type kernel struct {
	structs map[string]map[string]btf.Type
	params  []string // of the hook: structs that they point to, "" is none
}

func sized(bytes uint32) btf.Type {
	return &btf.Array{Index: &btf.Int{Name: "int", Size: 4}, Type: &btf.Int{Name: "char", Size: 1}, Nelems: bytes}
}

// newKernel has what the program was written for.
func newKernel() kernel {
	k := kernel{map[string]map[string]btf.Type{}, []string{"ip_vs_conn", "", "sk_buff", ""}}
	for _, f := range fields() {
		if k.structs[f.structure] == nil {
			k.structs[f.structure] = map[string]btf.Type{}
		}
		k.structs[f.structure][f.name] = sized(uint32(f.sizes[0]))
	}
	return k
}

func (k kernel) spec(t *testing.T) *btf.Spec {
	t.Helper()
	types, structs := []btf.Type{}, map[string]btf.Type{"": sized(8)}
	for name, fields := range k.structs {
		s := &btf.Struct{Name: name, Size: 1024}
		for name, of := range fields {
			s.Members = append(s.Members, btf.Member{Name: name, Type: of})
		}
		types, structs[name] = append(types, s), s
	}
	proto := &btf.FuncProto{Return: &btf.Void{}}
	for _, to := range k.params {
		proto.Params = append(proto.Params, btf.FuncParam{Type: &btf.Pointer{Target: &btf.Const{Type: structs[to]}}})
	}
	types = append(types, &btf.Func{Name: hook, Type: proto}, &btf.Func{Name: hookUDP, Type: proto})
	b, err := btf.NewBuilder(types, nil)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := b.Marshal(nil, &btf.MarshalOptions{Order: binary.NativeEndian})
	if err != nil {
		t.Fatal(err)
	}
	spec, err := btf.LoadSpecFromReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// A kernel that the program would misread is refused, and the reason told.
func TestCheckLayout(t *testing.T) {
	tests := []struct {
		name   string
		change func(*kernel)
		want   string // in the error; "" is none
	}{
		{"no struct", func(k *kernel) { delete(k.structs, "netns_ipvs") }, "no struct netns_ipvs"},
		{"no field", func(k *kernel) { delete(k.structs["ip_vs_dest"], "vfwmark") }, "struct ip_vs_dest has no vfwmark"},
		{"a longer field", func(k *kernel) { k.structs["ip_vs_conn"]["af"] = sized(4) }, "struct ip_vs_conn has af in 4 bytes, not [1 2]"},
		{"fewer parameters", func(k *kernel) { k.params = k.params[:2] }, "other parameters"},
		{"parameters in another order", func(k *kernel) { slices.Reverse(k.params) }, "other parameters"},
		{"as written for", func(*kernel) {}, ""},
		{"as in Linux 7", func(k *kernel) { k.structs["ip_vs_conn"]["af"] = sized(1) }, ""},
		{"one more parameter", func(k *kernel) { k.params = append(k.params, "") }, ""},
		{"a field within a union", func(k *kernel) {
			fields := k.structs["sk_buff"]
			fields[""] = &btf.Union{Size: 2, Members: []btf.Member{{Name: "network_header", Type: fields["network_header"]}}}
			delete(fields, "network_header")
		}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := newKernel()
			test.change(&k)
			err := checkLayout([]*btf.Spec{k.spec(t)})
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}

// The objects have what attach.go changes in them.
func TestSpecify(t *testing.T) {
	for _, method := range Methods() {
		spec, err := specify(method, Options{Connections: 7, Servers: 8})
		if err != nil {
			t.Fatal(err)
		}
		if c, s := spec.Maps[latencyMapConnections].MaxEntries, spec.Maps[latencyMapServers].MaxEntries; c != 7 || s != 16 {
			t.Errorf("%s: %d connections, %d histograms", method, c, s)
		}
		for name, p := range spec.Programs {
			if p.License != "Dual MIT/GPL" {
				t.Errorf("%s: the licence of %s is %q", method, name, p.License)
			}
		}
	}
}
