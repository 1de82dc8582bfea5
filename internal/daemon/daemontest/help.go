package daemontest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kingpin/v2"
)

// Examples returns the examples at the end of the help that arguments ask for.
func Examples(t *testing.T, app *kingpin.Application, args ...string) []string {
	t.Helper()
	var help bytes.Buffer
	app.UsageWriter(&help)
	app.Terminate(nil)
	_, _ = app.Parse(append(args, "--help")) // goes on after the help, and misses what must be given
	_, examples, _ := strings.Cut(help.String(), "\nExamples:\n")
	return strings.FieldsFunc(examples, func(r rune) bool { return r == '\n' })
}

// Arguments returns the arguments of each line of shell commands that begins
// with the program, as a shell takes them. No program is run.
func Arguments(t *testing.T, program, commands string) [][]string {
	t.Helper()
	folder := t.TempDir()
	told := filepath.Join(folder, "told")
	script := "#!/bin/sh\nprintf '%s\\n' \"$@\" >" + told + "\n"
	if err := os.WriteFile(filepath.Join(folder, program), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	var found [][]string
	for line := range strings.Lines(strings.ReplaceAll(commands, "\\\n", " ")) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "bin/")
		if !strings.HasPrefix(line, program+" ") {
			continue
		}
		line, _, _ = strings.Cut(line, " | ")
		sh := exec.Command("sh", "-c", line)
		sh.Dir, sh.Env = folder, []string{"PATH=" + folder}
		if out, err := sh.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", line, err, out)
		}
		args, err := os.ReadFile(told)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, strings.Split(strings.TrimSuffix(string(args), "\n"), "\n"))
	}
	return found
}
