// Package starter writes a configuration of the tuner to start from, for a
// director's table as it stands.
package starter

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// ErrEmpty: the table has no virtual services, and so a configuration nothing to
// say.
var ErrEmpty = errors.New("the table has no virtual services")

const head = `
# Nothing is written: the tuner decides, and http://localhost:9976/ shows what it would
# do, and why. Once you agree, say dry_run: false here, and start it again.
dry_run: true

# Latencies are told by the packets that the director forwards, where the kernel lets
# the tuner time them, else by its counters; source: connections has it not try, and
# docs/sources.md has others. Where VRRP moves the services' addresses, each wants
# when: address (docs/ha.md). "weight-tuner check --print-defaults" explains every key.
services:
`

// Write writes a configuration for the virtual services of a table. Its network
// namespace may be a name or a file. names has what services are called, where
// that is known. A table without services gives ErrEmpty.
func Write(w io.Writer, s tuner.Snapshot, names map[ipvs.ServiceID]string) error {
	if len(s.Table.Services) == 0 {
		return ErrEmpty
	}
	services := slices.SortedFunc(slices.Values(s.Table.Services), func(a, b ipvs.VirtualService) int { return a.ID.Compare(b.ID) })
	var b bytes.Buffer
	comment(&b, "", title(s))
	b.WriteString(head)
	for i, e := range entries(services, names) {
		if i > 0 {
			b.WriteByte('\n')
		}
		e.write(&b, s.Netns)
	}
	_, err := b.WriteTo(w)
	return err
}

func title(s tuner.Snapshot) string {
	text := "Written by weight-tuner init, for a table of " + count(len(s.Table.Services), "virtual service")
	if !s.Time.IsZero() {
		text += " as of " + s.Time.UTC().Format(time.RFC3339)
	}
	return text + "."
}

func (e *entry) write(b *bytes.Buffer, netns string) {
	for _, c := range e.comments {
		comment(b, "  ", c)
	}
	match := e.match
	if strings.Contains(match, "*") {
		match = "'" + match + "'"
	}
	fmt.Fprintf(b, "  - match: %s\n", match)
	if netns != "" {
		fmt.Fprintf(b, "    netns: %s\n", strconv.Quote(pattern(netns)))
	}
	fmt.Fprintf(b, "    policy: %s%s\n", e.policy, e.choices())
	if e.scheduler != "" {
		fmt.Fprintf(b, "    # scheduler: %s # has the tuner set it, and restore take it back; then policy: optimize\n", e.scheduler)
	}
	if e.max > 0 {
		fmt.Fprintf(b, "    weights: {max: %d} # one is above the default of %d\n", e.max, tuner.DefaultService().Weights.Max)
	}
}

// pattern returns the pattern of a file's name that matches that name alone.
func pattern(name string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
}

// width is of lines, where words allow.
const width = 88

// comment writes a text as lines of a comment, whatever it holds.
func comment(b *bytes.Buffer, indent, text string) {
	line := indent + "#"
	for word := range strings.FieldsSeq(text) {
		word = strings.Map(printable, word)
		if len(line)+1+len(word) > width && len(line) > len(indent)+1 {
			b.WriteString(line + "\n")
			line = indent + "#"
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
}

func printable(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return '?'
}
