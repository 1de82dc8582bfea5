package ipvs

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

// Names as they stand in type information, after some binary data.
const (
	typesBeforeFix = "\x9f\xeb\x01\x00ip_vs_dest\x00activeconns\x00inactconns\x00dest_dst\x00"
	typesSinceFix  = "\x9f\xeb\x01\x00ip_vs_dest\x00activeconns\x00totalconns\x00dest_dst\x00"
	typesOfOthers  = "\x9f\xeb\x01\x00task_struct\x00totalconns\x00"
)

func TestParseOverheadFactor(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	tests := []struct {
		name  string
		types io.Reader
		want  uint32
	}{
		{"nothing", strings.NewReader(""), 0},
		{"no types of IPVS", strings.NewReader(typesOfOthers), 0},
		{"part of another name", strings.NewReader(strings.Replace(typesSinceFix, "\x00dest_dst", "\x00no_dest_dst", 1)), 0},
		{"name without end", strings.NewReader(strings.TrimSuffix(typesSinceFix, "\x00")), 0},
		{"cut by an error", io.MultiReader(strings.NewReader(typesBeforeFix), iotest.ErrReader(errors.New("no more"))), 0},
		{"before the fix", strings.NewReader(typesBeforeFix), 256},
		{"since the fix", strings.NewReader(typesSinceFix), 257},
		{"in small pieces, after and before much else", iotest.OneByteReader(strings.NewReader(long + typesSinceFix + long)), 257},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := parseOverheadFactor(test.types); got != test.want {
				t.Errorf("factor %d, want %d", got, test.want)
			}
		})
	}
}

// The module may come after the program's start. The kernel's own types are
// read once, and what was found before stays.
func TestKernelTypes(t *testing.T) {
	sys := t.TempDir()
	write := func(name, types string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(sys, "kernel/btf", name), []byte(types), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(sys, "kernel/btf"), 0o755); err != nil {
		t.Fatal(err)
	}
	k := kernelTypes{sys: sys}
	expect := func(when string, want uint32) {
		t.Helper()
		if got := k.overheadFactor(); got != want {
			t.Errorf("%s: factor %d, want %d", when, got, want)
		}
	}
	write("vmlinux", typesOfOthers)
	expect("without the module", 0)
	write("vmlinux", typesSinceFix)
	expect("a kernel that was read before", 0)
	write("ip_vs", typesBeforeFix)
	expect("with the module", 256)
	write("ip_vs", typesSinceFix)
	expect("found before", 256)
}

func TestKernelTypesBuiltIn(t *testing.T) {
	sys := t.TempDir()
	if err := errors.Join(
		os.MkdirAll(filepath.Join(sys, "kernel/btf"), 0o755),
		os.WriteFile(filepath.Join(sys, "kernel/btf/vmlinux"), []byte(typesSinceFix), 0o644),
	); err != nil {
		t.Fatal(err)
	}
	k := kernelTypes{sys: sys}
	if got := k.overheadFactor(); got != 257 {
		t.Errorf("factor %d, want 257", got)
	}
}

// The types go before the version, which distributions do not change when
// they take the fix.
func TestDescribeKernel(t *testing.T) {
	tests := []struct {
		name  string
		found uint32
		want  uint32
	}{
		{"no types", 0, 256},
		{"types", 257, 257},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := runningKernel{version: kernel{6, 12, 103}, types: kernelTypes{sys: t.TempDir(), factor: test.found}}
			var d Director
			r.describe(&d)
			if d.Kernel != "6.12.103" || d.OverheadFactor != test.want {
				t.Errorf("got %+v, want factor %d", d, test.want)
			}
		})
	}
}
