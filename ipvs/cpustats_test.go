package ipvs

import (
	"slices"
	"strings"
	"testing"
)

func TestParseCPUStats(t *testing.T) {
	const headings = "Total\nCPU\n"
	const file = "/proc/net/ip_vs_stats_percpu"
	tests := []struct {
		name, text string
		want       []CPUStats
		wantErr    string
	}{
		{name: "empty", wantErr: file + ": ends before the line of totals"},
		{name: "cut after a CPU", text: headings + "0 1 2 3 4 5\n", wantErr: file + ": ends before the line of totals"},
		{name: "cut in a CPU", text: headings + "0 1 2 3\n", wantErr: file + " line 3: statistics of 3 columns, want 5"},
		{name: "empty line", text: headings + "\n~ 1 2 3 4 5\n", wantErr: file + " line 3: empty line among those of the CPUs"},
		{name: "no CPU", text: headings + "x 1 2 3 4 5\n", wantErr: file + ` line 3: "x" is not the hexadecimal number of a CPU`},
		{name: "repeated CPU", text: headings + "0 1 2 3 4 5\n0 1 2 3 4 5\n", wantErr: file + " line 4: CPU 0 after CPU 0"},
		{name: "none", text: headings + "~ 1 2 3 4 5\n"},
		{
			name: "a gap, a hexadecimal number; anything after the totals",
			text: headings + "  0  1 2 3 4 5\n 1F  A B C D FFFFFFFFFFFFFFFF\n  ~  1 2 3 4 5\n\nrates",
			want: []CPUStats{
				{0, Stats{Connections: 1, IncomingPackets: 2, OutgoingPackets: 3, IncomingBytes: 4, OutgoingBytes: 5}},
				{31, Stats{Connections: 10, IncomingPackets: 11, OutgoingPackets: 12, IncomingBytes: 13, OutgoingBytes: 1<<64 - 1}},
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseCPUStats(strings.NewReader(test.text))
			if !slices.Equal(got, test.want) || errorText(err) != test.wantErr {
				t.Errorf("got %+v, %v\nwant %+v, %s", got, err, test.want, test.wantErr)
			}
		})
	}
}

func FuzzParseCPUStats(f *testing.F) {
	addCaptured(f, "proc/net/ip_vs_stats_percpu")
	f.Fuzz(func(t *testing.T, text string) {
		cpus, err := parseCPUStats(strings.NewReader(text))
		if err != nil && cpus != nil {
			t.Errorf("%+v besides error %v", cpus, err)
		}
		for i, cpu := range cpus {
			if cpu.CPU < i {
				t.Errorf("CPU %d in place %d", cpu.CPU, i)
			}
		}
	})
}
