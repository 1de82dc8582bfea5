package lab

import (
	"strings"
	"testing"
)

func TestTail(t *testing.T) {
	tests := []struct {
		name    string
		written []string
		want    string
	}{
		{"nothing", nil, ""},
		{"fewer lines", []string{"a\n", "b\n"}, "a\nb"},
		{"more lines", []string{"a\nb\nc", "d\ne\n"}, "b\ncd\ne"},
		{"more bytes than kept", []string{strings.Repeat("x", tailBytes), "\na\nb\nc\n"}, "a\nb\nc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var kept Tail
			for _, w := range tt.written {
				kept.Write([]byte(w))
			}
			if got := kept.Lines(3); got != tt.want {
				t.Errorf("last lines %q, want %q", got, tt.want)
			}
			if len(kept.kept) > tailBytes {
				t.Errorf("%d bytes kept, want at most %d", len(kept.kept), tailBytes)
			}
		})
	}
}
