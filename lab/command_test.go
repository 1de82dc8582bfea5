package lab

import (
	"os/exec"
	"testing"
)

func TestCommandScript(t *testing.T) {
	tests := []struct {
		name    string
		command []string
		env     []string
		want    string
	}{
		{"quotes", []string{"printf", "[%s]", `it's`, `"$HOME"`, "`x`", "a\nb", ""}, nil, "[it's][\"$HOME\"][`x`][a\nb][]"},
		{"environment", []string{"sh", "-c", `printf %s "$A$B"`}, []string{"A=x=y", "B=it's"}, "x=yit's"},
		{"plain", []string{"printf", "done"}, nil, "done"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := exec.Command("sh", "-c", string(commandScript(tt.command, tt.env))).Output()
			if err != nil || string(got) != tt.want {
				t.Errorf("output %q, error %v, want %q", got, err, tt.want)
			}
		})
	}
}
