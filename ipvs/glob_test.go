package ipvs

import "testing"

func TestMatchGlob(t *testing.T) {
	tests := []struct {
		pattern, text string
		want          bool
	}{
		{"", "a", false},
		{"a", "", false},
		{"?", "", false},
		{"tcp/*:80", "tcp/10.0.0.1:8080", false},
		{"udp/[2001:db8::1]:53", "udp/2:53", false},
		{"*a*b", "acb1", false},
		{"", "", true},
		{"*", "", true},
		{"*", "tcp/10.0.0.1:80", true},
		{"tcp/*:80", "tcp/10.0.0.1:80", true},
		{"tcp/10.0.0.?:80", "tcp/10.0.0.9:80", true},
		{"udp/[2001:db8::*]:53", "udp/[2001:db8::1]:53", true},
		{"*a*b", "acbab", true},
	}
	for _, test := range tests {
		t.Run(test.pattern+" on "+test.text, func(t *testing.T) {
			if got := MatchGlob(test.pattern, test.text); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
