package ipvs

import (
	"slices"
	"strings"
	"testing"
)

func TestParseApplications(t *testing.T) {
	const heading = "prot port    usecnt name\n"
	const line2 = "/proc/net/ip_vs_app line 2: "
	tests := []struct {
		name, text string
		want       []Application
		wantErr    string
	}{
		{name: "cut", text: heading + "TCP  21", wantErr: line2 + "application of 2 fields, want 4"},
		{name: "no name", text: heading + "TCP  21      0     ", wantErr: line2 + "application of 3 fields, want 4"},
		{name: "port over 65535", text: heading + "TCP  65536 0 ftp", wantErr: line2 + `"65536" is not a port`},
		{name: "negative count", text: heading + "TCP  21 -1 ftp", wantErr: line2 + `"-1" is not a number of connections`},
		{name: "none", text: heading},
		{
			name: "two", text: heading + "TCP  21      7      ftp              \nUDP  5060    0      \xffx\n",
			want: []Application{{"tcp", 21, "ftp", 7}, {"udp", 5060, "\uFFFDx", 0}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseApplications(strings.NewReader(test.text))
			if !slices.Equal(got, test.want) || errorText(err) != test.wantErr {
				t.Errorf("got %+v, %v\nwant %+v, %s", got, err, test.want, test.wantErr)
			}
		})
	}
}

func FuzzParseApplications(f *testing.F) {
	addCaptured(f, "proc/net/ip_vs_app")
	f.Fuzz(func(t *testing.T, text string) {
		applications, err := parseApplications(strings.NewReader(text))
		if len(applications) > strings.Count(text, "\n") {
			t.Errorf("%d applications in %d lines, error %v", len(applications), strings.Count(text, "\n")+1, err)
		}
		for _, a := range applications {
			if a.Protocol == "" || a.Name == "" {
				t.Errorf("application %+v", a)
			}
		}
	})
}
