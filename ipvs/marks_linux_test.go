package ipvs

import (
	"os"
	"path/filepath"
	"testing"
)

func TestNftThere(t *testing.T) {
	const (
		netlinkHead = "sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n"
		kernels     = "0000000000000000 12  0          00000000 0        0        0     2        0        19\n"
		somebodys   = "0000000000000000 12  4711       00000000 0        0        0     2        0        20\n"
		generic     = "0000000000000000 16  0          00000000 0        0        0     2        0        21\n"
		builtIn     = "0000000000000000 T nft_register_expr\n"
		modules     = "0000000000000000 t nft_register_expr\t[nf_tables]\n"
		live        = "nf_conntrack 200704 1 - Live 0x0\nnf_tables 360448 31 nft_compat, Live 0x0\n"
		loading     = "nf_tables 360448 1 - Loading 0x0\n"
		dependent   = "nft_compat 20480 9 nf_tables Live 0x0\n"
	)
	tests := []struct {
		name                       string
		modules, netlink, kallsyms string // "" is no such file
		want                       bool
	}{
		{"no proc", "", "", "", false},
		{"module loading", loading, netlinkHead + kernels, modules, false},
		{"another module", dependent, netlinkHead + generic, modules, false},
		{"netfilter's netlink only", dependent, netlinkHead + kernels, modules, false},
		{"built in, by a socket that is not the kernel's", dependent, netlinkHead + somebodys, builtIn, false},
		{"built in", dependent, netlinkHead + generic + kernels, modules + builtIn, true},
		{"built into a kernel without modules", "", netlinkHead + kernels, builtIn, true},
		{"module", live, "", "", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			proc := t.TempDir()
			for file, text := range map[string]string{
				"modules": test.modules, "thread-self/net/netlink": test.netlink, "kallsyms": test.kallsyms,
			} {
				writeFile(t, filepath.Join(proc, file), text)
			}
			if got := newMarkReader(proc).nftThere(); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// writeFile makes a file, and the folders that it is in, unless text is "".
func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if text == "" {
		return
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Where no table is listed, none is asked for.
func TestLegacyTables(t *testing.T) {
	tests := []struct {
		name, text string
		want       bool
	}{
		{"no such file", "", false},
		{"other tables", "nat\nfilter\n", false},
		{"mangle", "nat\nmangle\nfilter\n", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "ip_tables_names")
			writeFile(t, file, test.text)
			if got, err := hasLegacyTable(file); got != test.want || err != nil {
				t.Errorf("got %v, %v, want %v", got, err, test.want)
			}
		})
	}
	if _, err := hasLegacyTable(t.TempDir()); err == nil {
		t.Error("a folder was read as a list")
	}
}
