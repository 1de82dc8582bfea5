package collector

import (
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// TextFormat says how [Collector.WriteText] writes; the zero value is the
// Prometheus text format.
type TextFormat struct {
	OpenMetrics bool // without the line # EOF
	Created     bool // OpenMetrics gives each counter whose start is known a series NAME_created
}

// text writes series as those of a registry are written by package expfmt, to
// the byte, in a fiftieth of the time: nothing is made of a series but its
// line, the labels of services and servers are kept from read to read, and
// numbers are whole as a rule.
type text struct {
	to     io.Writer
	err    error // of to; what comes after it is lost
	format TextFormat
	buffer []byte // what is yet to be written

	family  *family
	begun   bool   // the family's header is there; without series it has none
	created string // name of its series of created timestamps, "" is none

	ending, createdEnding ending
}

// ending is how the last line of a kind ended. Many lines have the value of the
// one before.
type ending struct {
	value float64 // NaN before the first line
	text  []byte
}

const (
	textSize = 512 << 10       // that is written at once
	textRoom = textSize + 4096 // for the last line of them
)

func newText(to io.Writer, format TextFormat, buffer []byte) *text {
	none := ending{value: math.NaN()}
	return &text{to: to, format: format, buffer: buffer, ending: none, createdEnding: none}
}

func (t *text) begin(f *family) {
	t.family, t.begun, t.created = f, false, ""
	if f.kind == prometheus.CounterValue && t.format.OpenMetrics && t.format.Created {
		t.created = strings.TrimSuffix(f.name, "_total") + "_created"
	}
}

// addColumn appends a line for each value of a column. This is where a scrape
// of many servers spends its time.
func (t *text) addColumn(g group, column []float64) {
	name := t.family.name
	for i, value := range column {
		if math.IsNaN(value) {
			continue
		}
		if !t.begun || len(t.buffer) > textSize {
			t.makeRoom()
		}
		t.end(&t.ending, value)
		of := &g.identities[i]
		b := t.appendIdentity(append(t.buffer, name...), g, of)
		t.buffer = append(b, t.ending.text...)
		if t.created != "" && !of.origin.IsZero() {
			t.addCreated(g, of)
		}
	}
}

func (t *text) addCreated(g group, of *identity) {
	t.end(&t.createdEnding, float64(of.origin.UnixNano())/1e9)
	b := t.appendIdentity(append(t.buffer, t.created...), g, of)
	t.buffer = append(b, t.createdEnding.text...)
}

func (t *text) appendIdentity(b []byte, g group, of *identity) []byte {
	if of.text != "" {
		return append(b, of.text...)
	}
	return appendLabels(b, t.family.frames, append(g.before, of.last))
}

// add appends a line with the labels that appendLabels appends.
func (t *text) add(value float64, appendLabels func(b []byte) []byte) {
	t.makeRoom()
	t.end(&t.ending, value)
	b := appendLabels(append(t.buffer, t.family.name...))
	t.buffer = append(b, t.ending.text...)
}

// makeRoom puts the header before a family's first line, and what is there to
// its place once it is enough.
func (t *text) makeRoom() {
	if !t.begun {
		t.begun = true
		t.buffer = append(t.buffer, t.header()...)
	}
	if len(t.buffer) > textSize {
		t.flush()
	}
}

// end sets how lines of a value end.
func (t *text) end(e *ending, value float64) {
	if value != e.value {
		e.value = value
		e.text = append(t.appendNumber(e.text[:0], value), '\n')
	}
}

func (t *text) flush() {
	if t.err == nil {
		_, t.err = t.to.Write(t.buffer)
	}
	t.buffer = t.buffer[:0]
}

func (t *text) header() string {
	if t.format.OpenMetrics {
		return t.family.openHeader
	}
	return t.family.header
}

// appendLabels appends labels and the space that follows them.
func appendLabels(b []byte, frames []frame, values []string) []byte {
	for _, f := range frames {
		b = append(b, f.text...)
		b = appendEscaped(b, values[f.label])
	}
	return append(b, `"} `...)
}

// appendEscaped appends a label's value.
func appendEscaped(b []byte, value string) []byte {
	for i := range len(value) {
		if c := value[i]; c <= '"' || c == '\\' {
			return append(b, escapeLabel(value)...)
		}
	}
	return append(b, value...)
}

func escapeLabel(s string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`).Replace(s)
}

// appendNumber appends a number as strconv.FormatFloat(x, 'g', -1, 64) has it,
// and OpenMetrics with a point or an exponent.
func (t *text) appendNumber(b []byte, x float64) []byte {
	if whole := int64(x); 0 <= whole && whole < 1<<53 && float64(whole) == x {
		b = appendWhole(b, whole)
		if t.format.OpenMetrics && whole < exponentFrom {
			b = append(b, ".0"...)
		}
		return b
	}
	return t.appendAny(b, x)
}

// exponentFrom is the least whole number that is written with an exponent.
const exponentFrom = 1e6

// appendWhole appends a whole number below 2^53, of which the shortest form
// that is read as the same number has all digits but the zeros at its end.
func appendWhole(b []byte, n int64) []byte {
	if n < exponentFrom {
		return strconv.AppendInt(b, n, 10)
	}
	start := len(b)
	b = strconv.AppendInt(b, n, 10)
	exponent := len(b) - start - 1
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	if len(b) > start+1 {
		b = append(b, 0)
		copy(b[start+2:], b[start+1:])
		b[start+1] = '.'
	}
	return append(b, 'e', '+', byte('0'+exponent/10), byte('0'+exponent%10))
}

func (t *text) appendAny(b []byte, x float64) []byte {
	switch {
	case math.IsInf(x, 1):
		return append(b, "+Inf"...)
	case math.IsInf(x, -1):
		return append(b, "-Inf"...)
	case math.IsNaN(x):
		return append(b, "NaN"...)
	}
	b = strconv.AppendFloat(b, x, 'g', -1, 64)
	if t.format.OpenMetrics && !strings.ContainsAny(string(b), "e.") {
		b = append(b, ".0"...)
	}
	return b
}
