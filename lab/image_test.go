package lab

import (
	"strings"
	"testing"
)

func TestHash(t *testing.T) {
	seen := map[string]bool{}
	for _, parts := range [][]string{nil, {""}, {"ab", "c"}, {"a", "bc"}, {"abc"}} {
		seen[hash(parts...)] = true
	}
	if len(seen) != 5 {
		t.Errorf("%d hashes of 5 lists", len(seen))
	}
}

func TestRunScript(t *testing.T) {
	var log strings.Builder
	_, err := runScript(t.Context(), &log, "die", "so it is")
	if err == nil || err.Error() != "so it is" || log.String() != "lab: so it is\n" {
		t.Errorf("error %v, log %q, want the script's words", err, log.String())
	}
	output, err := runScript(t.Context(), &log, "echo", "$HOME")
	if string(output) != "$HOME\n" || err != nil {
		t.Errorf("output %q, error %v", output, err)
	}
}
