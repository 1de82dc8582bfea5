package ipvs

import (
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
)

const (
	connectionHeading = "Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Origin Expires\n"
	localConnection   = "TCP 0A000102 D904 0A000164 0050 0A00020B 1F90 ESTABLISHED LOCAL      899\n"
	syncedConnection  = "TCP 0A000102 D905 0A000164 0050 0A00020B 1F90 ESTABLISHED SYNC       899\n"
	template          = "IP  0A000102 0000 00000102 0000 0A00020B 0000 NONE        LOCAL       58\n"
)

func unlimited() bool { return false }

func TestCountConnections(t *testing.T) {
	const file = "/proc/net/ip_vs_conn_sync"
	established := func(n, synced uint64) ConnectionCount {
		return ConnectionCount{Protocol: "tcp", State: "established", Connections: n, Synced: synced}
	}
	tests := []struct {
		name, text string
		entries    int
		stop       func() bool
		want       Connections
		wantErr    string
	}{
		{name: "empty", wantErr: file + ": no line of column headings"},
		{name: "the table without origins", text: "Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n",
			wantErr: file + ` line 1: "Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData" are not the column headings of connections with their origin`},
		{name: "cut", text: connectionHeading + localConnection[:64], entries: 10,
			wantErr: file + ` line 2: "TCP 0A000102 D904 0A000164 0050 0A00020B 1F90 ESTABLISHED LOCAL " is not a connection of 10 fields`},
		{name: "unknown origin", text: connectionHeading + strings.Replace(localConnection, "LOCAL", "MOON", 1), entries: 10,
			wantErr: file + ` line 2: "MOON" is not the origin LOCAL or SYNC of a connection`},
		{name: "line without end", text: connectionHeading + strings.Repeat("x", 10<<20), entries: 10, wantErr: file + " line 2: longer than 65536 bytes"},
		{name: "more states than there are", text: connectionHeading + manyStates(maxConnectionCounts+1), entries: 1000,
			wantErr: file + " line 258: more than 256 kinds of connections"},
		{name: "no connections", text: connectionHeading, entries: 1},
		{name: "no time", text: connectionHeading + localConnection, entries: 1, stop: func() bool { return true }, want: Connections{Truncated: true}},
		{name: "as many as allowed", text: connectionHeading + localConnection + syncedConnection, entries: 2,
			want: Connections{Counts: []ConnectionCount{established(2, 1)}}},
		{name: "one more", text: connectionHeading + localConnection + syncedConnection + localConnection, entries: 2,
			want: Connections{Counts: []ConnectionCount{established(2, 1)}, Truncated: true}},
		{name: "time is up in the second page", text: connectionHeading + strings.Repeat(localConnection, 200), entries: 1000, stop: stopAt(2),
			want: Connections{Counts: []ConnectionCount{established(64, 0)}, Truncated: true}},
		{name: "sorted", text: connectionHeading + syncedConnection + template + strings.Replace(localConnection, "ESTABLISHED", "CLOSE_WAIT ", 1), entries: 10,
			want: Connections{Counts: []ConnectionCount{
				{Protocol: "ip", State: "none", Connections: 1}, {Protocol: "tcp", State: "close_wait", Connections: 1}, established(1, 1),
			}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.stop == nil {
				test.stop = unlimited
			}
			got, err := countConnections(strings.NewReader(test.text), test.entries, test.stop)
			if !reflect.DeepEqual(got, test.want) || errorText(err) != test.wantErr {
				t.Errorf("got %+v, %v\nwant %+v, %s", got, err, test.want, test.wantErr)
			}
		})
	}
}

func manyStates(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Replace(localConnection, "ESTABLISHED", fmt.Sprintf("STATE%d", i), 1))
	}
	return b.String()
}

// stopAt returns a clock on which time is up when it is read for the nth
// time.
func stopAt(n int) func() bool {
	return func() bool { n--; return n == 0 }
}

// repeated is a file of a line, many times over.
type repeated struct {
	line  string
	lines int
}

func (r *repeated) Read(b []byte) (int, error) {
	n := 0
	for ; r.lines > 0 && len(b)-n >= len(r.line); r.lines-- {
		n += copy(b[n:], r.line)
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// A million connections take no more memory than a thousand.
func TestCountConnectionsMemory(t *testing.T) {
	allocations := func(lines int) float64 {
		return testing.AllocsPerRun(1, func() {
			got, err := countConnections(io.MultiReader(strings.NewReader(connectionHeading), &repeated{syncedConnection, lines}), lines, unlimited)
			if err != nil || got.Counts[0].Connections != uint64(lines) || got.Truncated {
				t.Fatalf("got %+v, %v", got, err)
			}
		})
	}
	if few, many := allocations(1_000), allocations(1_000_000); many > few {
		t.Errorf("%v allocations for 1,000 connections, %v for 1,000,000", few, many)
	}
}

func BenchmarkCountConnections(b *testing.B) {
	const lines = 100_000
	b.SetBytes(lines * int64(len(localConnection)))
	b.ReportAllocs()
	for b.Loop() {
		_, err := countConnections(io.MultiReader(strings.NewReader(connectionHeading), &repeated{localConnection, lines}), lines, unlimited)
		if err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzCountConnections(f *testing.F) {
	addCaptured(f, "proc/net/ip_vs_conn_sync")
	addCaptured(f, "ip_vs_conn_sync.backup")
	const entries = 10
	f.Fuzz(func(t *testing.T, text string) {
		got, err := countConnections(strings.NewReader(text), entries, unlimited)
		if err != nil {
			return
		}
		var sum uint64
		for _, c := range got.Counts {
			sum += c.Connections
			if c.Synced > c.Connections || c.Connections == 0 || c.Protocol == "" || c.State == "" {
				t.Errorf("counted %+v", c)
			}
		}
		if sum > entries || got.Truncated && sum != entries {
			t.Errorf("%d connections, truncated %t", sum, got.Truncated)
		}
	})
}
