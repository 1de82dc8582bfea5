package daemontest

import (
	"strings"

	"github.com/alecthomas/kingpin/v2"
)

// ManPage is a program's page in section 8 of the manual. Its text is as one
// reads it; what roff needs is added here. Packages put their version and date
// in the place of @VERSION@ and @DATE@.
type ManPage struct {
	Model    *kingpin.ApplicationModel
	Summary  string       // after the name, without a full stop
	About    []string     // paragraphs of the description
	Sections []ManSection // after the options
}

// ManSection is a section of terms and what they mean; one without a term is a
// paragraph.
type ManSection struct {
	Title string
	Terms [][2]string
}

// Text returns the page in roff.
func (m ManPage) Text() []byte {
	var b strings.Builder
	b.WriteString(`.TH ` + strings.ToUpper(m.Model.Name) + ` 8 "@DATE@" "@VERSION@" "System Administration"` + "\n")
	b.WriteString(".SH NAME\n" + m.Model.Name + ` \- ` + escaped(m.Summary) + "\n.SH SYNOPSIS\n")
	for _, c := range m.commands() {
		b.WriteString(synopsis(m.Model.Name, c))
	}
	b.WriteString(".SH DESCRIPTION\n")
	for _, p := range m.About {
		b.WriteString(".PP\n" + escaped(p) + "\n")
	}
	b.WriteString(".SH OPTIONS\n" + options(m.Model.Flags))
	for _, c := range m.commands() {
		if c.Name != "" {
			b.WriteString(".SH \"COMMAND " + strings.ToUpper(c.Name) + "\"\n" + escaped(c.Help) + "\n" + options(c.Flags))
		}
	}
	for _, s := range m.Sections {
		b.WriteString(s.text())
	}
	return []byte(b.String())
}

// commands returns the program's, or one without a name if it has none.
func (m ManPage) commands() (list []*kingpin.CmdModel) {
	for _, c := range m.Model.Commands {
		if c.Name != "help" && !c.Hidden {
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		list = append(list, &kingpin.CmdModel{FlagGroupModel: m.Model.FlagGroupModel, ArgGroupModel: m.Model.ArgGroupModel})
	}
	return list
}

func synopsis(program string, c *kingpin.CmdModel) string {
	line := ".PP\n.B " + strings.TrimSpace(program+" "+c.Name) + "\n"
	for _, f := range c.Flags {
		if f.Required {
			line += `\fB\-\-` + escaped(f.Name) + `\fR=\fI` + escaped(placeOf(f)) + "\\fR\n"
		}
	}
	line += "[\\fIOPTION\\fR...]\n"
	for _, a := range c.Args {
		line += `[\fI` + escaped(strings.ToUpper(a.Name)) + "\\fR...]\n"
	}
	return line
}

func options(flags []*kingpin.FlagModel) string {
	var b strings.Builder
	for _, f := range flags {
		if f.Hidden {
			continue
		}
		b.WriteString(".TP\n")
		if f.Short != 0 {
			b.WriteString(`\fB\-` + string(f.Short) + `\fR, `)
		}
		b.WriteString(option(f) + "\n" + escaped(f.Help))
		if d := defaultOf(f); d != "" && !f.Required && !strings.HasPrefix(f.Name, "no-") && !asks(f) {
			b.WriteString("\nDefault: " + escaped(strings.Trim(d, "`")) + ".")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func option(f *kingpin.FlagModel) string {
	if asks(f) || strings.HasPrefix(f.Name, "no-") {
		return `\fB\-\-` + escaped(f.Name) + `\fR`
	}
	if f.IsBoolFlag() {
		return `\fB\-\-[no\-]` + escaped(f.Name) + `\fR`
	}
	return `\fB\-\-` + escaped(f.Name) + `\fR=\fI` + escaped(placeOf(f)) + `\fR`
}

// asks tells --help and --version, which nobody switches off.
func asks(f *kingpin.FlagModel) bool { return f.Name == "help" || f.Name == "version" }

// placeOf returns what stands for a flag's value.
func placeOf(f *kingpin.FlagModel) string {
	if f.PlaceHolder != "" {
		return f.PlaceHolder
	}
	parts := strings.Split(f.Name, ".")
	return strings.ToUpper(parts[len(parts)-1])
}

func (s ManSection) text() string {
	var b strings.Builder
	b.WriteString(".SH \"" + s.Title + "\"\n")
	for _, t := range s.Terms {
		if t[0] == "" {
			b.WriteString(".PP\n")
		} else {
			b.WriteString(".TP\n\\fB" + escaped(t[0]) + "\\fR\n")
		}
		b.WriteString(escaped(t[1]) + "\n")
	}
	return b.String()
}

// escaped returns text that roff prints as it is: hyphens as one types them,
// and no line that is a request.
func escaped(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "`", "", "…", "...").Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		return `\&` + text
	}
	return text
}
