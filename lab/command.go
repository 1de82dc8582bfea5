package lab

import "strings"

// commandScript returns the shell script that sets env and becomes command.
func commandScript(command, env []string) []byte {
	var script strings.Builder
	for _, variable := range env {
		name, value, _ := strings.Cut(variable, "=")
		script.WriteString("export " + name + "=" + quote(value) + "\n")
	}
	script.WriteString("exec")
	for _, argument := range command {
		script.WriteString(" " + quote(argument))
	}
	script.WriteString("\n")
	return []byte(script.String())
}

// quote makes one word of s for a POSIX shell.
func quote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
