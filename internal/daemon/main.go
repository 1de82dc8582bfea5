package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/template"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/version"
)

// The exit statuses of a program.
const (
	exitFailed = 1
	exitUsage  = 2
)

// UsageError is a mistake in the command line.
type UsageError struct{ Err error }

// Error returns the mistake's text.
func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap returns the mistake.
func (e *UsageError) Unwrap() error { return e.Err }

// Application returns a command-line parser that knows --help and --version.
// Help ends with examples, a command line each: those given here, or those in
// the HelpLong of the command that help is asked for.
func Application(name, help string, examples ...string) *kingpin.Application {
	app := kingpin.New(name, help)
	app.Version(version.Print(name))
	app.HelpFlag.Short('h')
	app.UsageTemplate(kingpin.DefaultUsageTemplate + usageExamples)
	app.UsageFuncs(template.FuncMap{"examples": func(c *kingpin.CmdModel) []string {
		if c == nil {
			return examples
		}
		return strings.FieldsFunc(c.HelpLong, func(r rune) bool { return r == '\n' })
	}})
	return app
}

const usageExamples = `{{with examples .Context.SelectedCommand}}Examples:
{{range .}}  {{.}}
{{end}}{{end -}}
`

// Parse parses the arguments; what is wrong with them is a [UsageError].
func Parse(app *kingpin.Application, args []string) (command string, err error) {
	command, err = app.Parse(args)
	if err != nil {
		help := app.Name
		if len(args) > 0 && app.GetCommand(args[0]) != nil {
			help += " " + args[0]
		}
		return "", &UsageError{fmt.Errorf("%w; see %s --help", err, help)}
	}
	return command, nil
}

// Main calls run with the program's arguments, prints its error on one line,
// and returns the exit status: 0 done, 1 could not, 2 usage.
func Main(name string, stderr io.Writer, run func(context.Context, []string) error) int {
	err := run(context.Background(), os.Args[1:])
	if err == nil {
		return 0
	}
	fmt.Fprintf(stderr, "%s: %s\n", name, strings.ReplaceAll(err.Error(), "\n", "; "))
	if usage := (*UsageError)(nil); errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}
