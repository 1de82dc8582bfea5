package ipvs

import (
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

// captures are the folders of testdata that testdata/capture.sh has filled,
// one for each kernel. Both tick 250 times a second.
var captures = []string{"testdata/6.1", "testdata/6.12"}

// What is read of each kernel's files is what ipvsadm printed in the same
// moment, which stands beside.
func TestCapturedFiles(t *testing.T) {
	for _, folder := range captures {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			root := filepath.Join(folder, "proc")
			p := newProc(root, kernelAt(root))
			p.tick = time.Second / 250
			table, err := p.table()
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			describeTable(&b, table)
			describeFiles(t, &b, folder)
			compareGolden(t, filepath.Join(folder, "proc.golden"), withoutZeros(b.String()))
		})
	}
}

// describeFiles writes what is in the files besides the table.
func describeFiles(t *testing.T, b *strings.Builder, folder string) {
	t.Helper()
	net := filepath.Join(folder, "proc/net")
	cpus, err := readCPUStats(net)
	describe(t, b, cpus, err)
	connections, err := readConnections(net, ConnectionLimit{Entries: math.MaxInt, Time: time.Hour})
	describe(t, b, connections.Counts, err)
	backup, err := os.Open(filepath.Join(folder, "ip_vs_conn_sync.backup"))
	if err != nil {
		t.Fatal(err)
	}
	defer backup.Close()
	connections, err = countConnections(backup, math.MaxInt, unlimited)
	describe(t, b, connections.Counts, err)
	settings, err := capturedSysctls(filepath.Join(folder, "sysctls"))
	describe(t, b, settings, err)
}

// describe writes a line for each value.
func describe[T any](t *testing.T, b *strings.Builder, values []T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range values {
		fmt.Fprintf(b, "%+v\n", v)
	}
}

func describeTable(b *strings.Builder, t *Table) {
	fmt.Fprintf(b, "%s: %+v\n", t.Source, t.Director)
	for _, s := range t.Services {
		servers := s.Servers
		s.Servers = nil
		fmt.Fprintf(b, "%+v\n", s)
		for _, r := range servers {
			fmt.Fprintf(b, "  %+v\n", r)
		}
	}
}

// withoutZeros shortens what fmt makes of structs by all that is zero.
func withoutZeros(text string) string {
	field := regexp.MustCompile(`[A-Z]\w*:(0s?|false|\[\]|\{\})? `)
	last := regexp.MustCompile(` ?[A-Z]\w*:(0s?|false|\[\]|\{\})?\}`)
	for longer := ""; longer != text; {
		longer, text = text, last.ReplaceAllString(field.ReplaceAllString(text, ""), "}")
	}
	return text
}

// capturedSysctls reads a list of lines NAME:CONTENT.
func capturedSysctls(list string) ([]Sysctl, error) {
	text, err := os.ReadFile(list)
	if err != nil {
		return nil, err
	}
	contents := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, content, _ := strings.Cut(line, ":")
		contents[name] = content
	}
	return collectSysctls(slices.Collect(maps.Keys(contents)), func(name string) ([]byte, error) {
		return []byte(contents[name]), nil
	})
}

func compareGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is\n%s\nbut should be\n%s", file, got, want)
	}
}

// addCaptured adds to a fuzz target what each kernel has in a file.
func addCaptured(f *testing.F, file string) {
	f.Helper()
	for _, folder := range captures {
		text, err := os.ReadFile(filepath.Join(folder, file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
}
