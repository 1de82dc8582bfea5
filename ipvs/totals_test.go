package ipvs

import (
	"fmt"
	"strings"
	"testing"
)

func TestParseTotals(t *testing.T) {
	const headings, between = "Total\nConns\n", "\n\nConns/s\n"
	const file = "/proc/net/ip_vs_stats"
	tests := []struct {
		name, text string
		want       Stats
		wantErr    string
	}{
		{name: "empty", wantErr: file + ": ends before the rates in line 6"},
		{name: "another file", text: "1\n2\nnodev sysfs\n", wantErr: file + " line 3: statistics of 2 columns, want 5"},
		{name: "cut in the counters", text: headings + "1 2 3 4", wantErr: file + " line 3: statistics of 4 columns, want 5"},
		{name: "no rates", text: headings + "1 2 3 4 5" + between, wantErr: file + ": ends before the rates in line 6"},
		{name: "bad rate", text: headings + "1 2 3 4 5" + between + "1 2 3 4 -5", wantErr: file + ` line 6: "-5" is not a hexadecimal number of 64 bits`},
		{name: "over 64 bits", text: headings + "1 2 3 4 10000000000000000", wantErr: file + ` line 3: "10000000000000000" is not a hexadecimal number of 64 bits`},
		{name: "line without end", text: headings + strings.Repeat("0", 10<<20), wantErr: file + " line 3: longer than 65536 bytes"},
		{
			name: "widest numbers",
			text: headings + " FFFFFFFFFFFFFFFF 2 3 4 A" + between + "1 2 3 4 FFFFFFFFFFFFFFFF \n",
			want: Stats{
				Connections: 1<<64 - 1, IncomingPackets: 2, OutgoingPackets: 3, IncomingBytes: 4, OutgoingBytes: 10,
				Rates: Rates{1, 2, 3, 4, 1<<64 - 1},
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseTotals(strings.NewReader(test.text))
			if got != test.want || errorText(err) != test.wantErr {
				t.Errorf("got %+v, %v\nwant %+v, %s", got, err, test.want, test.wantErr)
			}
		})
	}
}

func FuzzParseTotals(f *testing.F) {
	addCaptured(f, "proc/net/ip_vs_stats")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseTotals(strings.NewReader(text))
		if err != nil {
			return
		}
		r := s.Rates
		again, err := parseTotals(strings.NewReader(fmt.Sprintf("\n\n%X %X %X %X %X\n\n\n%X %X %X %X %X",
			s.Connections, s.IncomingPackets, s.OutgoingPackets, s.IncomingBytes, s.OutgoingBytes,
			r.Connections, r.IncomingPackets, r.OutgoingPackets, r.IncomingBytes, r.OutgoingBytes)))
		if again != s || err != nil {
			t.Errorf("written and read again: %+v, %v, want %+v", again, err, s)
		}
	})
}
