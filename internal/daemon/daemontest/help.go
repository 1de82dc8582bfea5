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

// ExpectExamples wants help on the program and on each of its commands to end
// with examples that it takes.
func ExpectExamples(t *testing.T, newApp func() *kingpin.Application) {
	t.Helper()
	asked := []string{""}
	for _, c := range newApp().Model().Commands {
		if c.Name != "help" {
			asked = append(asked, c.Name)
		}
	}
	for _, command := range asked {
		parts := strings.Split(help(newApp(), command), "\nExamples:\n")
		examples := parts[len(parts)-1]
		if taken := ExpectTaken(t, newApp, examples); taken == 0 || taken != strings.Count(examples, "\n") {
			t.Errorf("help on %q has the examples\n%s", command, examples)
		}
	}
}

// help returns what --help prints of a command; "" is the program.
func help(app *kingpin.Application, command string) string {
	var text bytes.Buffer
	app.UsageWriter(&text)
	app.Terminate(nil)
	_, _ = app.Parse(append(strings.Fields(command), "--help")) // goes on after the help, may print it again, and misses what must be given
	return text.String()
}

// ExpectTaken wants shell commands to call the program only as it can be called,
// and returns how many do call it. Nothing is run.
func ExpectTaken(t *testing.T, newApp func() *kingpin.Application, commands string) (calls int) {
	t.Helper()
	for line := range strings.Lines(strings.ReplaceAll(commands, "\\\n", " ")) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "bin/")
		if strings.HasPrefix(line, newApp().Name+" ") {
			calls++
			args := arguments(t, newApp().Name, line)
			if _, err := newApp().Parse(args); err != nil {
				t.Errorf("%s: %q: %v", line, args, err)
			}
		}
	}
	return calls
}

// arguments returns those that a shell gives to the program at the beginning of
// a line, whose place a script takes.
func arguments(t *testing.T, program, line string) []string {
	t.Helper()
	folder := t.TempDir()
	told := filepath.Join(folder, "told")
	script := "#!/bin/sh\nprintf '%s\\n' \"$@\" >" + told + "\n"
	if err := os.WriteFile(filepath.Join(folder, program), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	sh := exec.Command("sh", "-c", line)
	sh.Dir, sh.Env = folder, []string{"PATH=" + folder}
	if out, err := sh.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	args, err := os.ReadFile(told)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(args), "\n"), "\n")
}
