package daemontest

import (
	"strings"

	"github.com/alecthomas/kingpin/v2"
)

// Flags returns a table of flags but for --help and --version.
func Flags(flags []*kingpin.FlagModel) string {
	rows := [][]string{{"flag", "default", "what"}}
	for _, f := range flags {
		if !f.Hidden && f.Name != "help" && f.Name != "version" {
			rows = append(rows, []string{Code(typed(f)), defaultOf(f), plain(f.Help)})
		}
	}
	return Table(rows)
}

// typed returns how a flag is given.
func typed(f *kingpin.FlagModel) string {
	switch {
	case strings.HasPrefix(f.Name, "no-"):
		return "--" + f.Name
	case f.IsBoolFlag():
		return "--[no-]" + f.Name
	case f.PlaceHolder != "":
		return "--" + f.Name + "=" + f.PlaceHolder
	}
	return "--" + f.Name + "=…"
}

func defaultOf(f *kingpin.FlagModel) string {
	switch {
	case f.Required:
		return "must be given"
	case f.IsBoolFlag() && len(f.Default) == 0:
		return "off"
	case f.IsBoolFlag():
		return map[string]string{"true": "on", "false": "off"}[f.Default[0]]
	}
	return Code(strings.Join(f.Default, " "))
}
