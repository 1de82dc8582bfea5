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

// textSize is how many bytes are written at once.
const textSize = 128 << 10

// text writes series as those of a registry are written by package expfmt, to
// the byte, in a fiftieth of the time: nothing is made of a series
// but its line: the labels of services and servers are kept as text from read
// to read, and numbers are whole as a rule.
type text struct {
	to     io.Writer
	err    error // of to; what comes after it is lost
	format TextFormat
	buffer []byte // of more than textSize bytes; what is yet to be written

	family  *family
	begun   bool   // the family's header is there; without series it has none
	created string // name of its series of created timestamps, "" is none

	number float64 // that digits are of
	digits []byte  // of the last number that was not quick to write
}

func (t *text) begin(f *family) {
	t.family, t.begun, t.created = f, false, ""
	if f.kind == prometheus.CounterValue && t.format.OpenMetrics && t.format.Created {
		t.created = strings.TrimSuffix(f.name, "_total") + "_created"
	}
}

// addColumn appends a line for each value of a column.
func (t *text) addColumn(g group, column []float64) {
	for i, value := range column {
		if math.IsNaN(value) {
			continue
		}
		of := &g.identities[i]
		t.appendLine(t.family.name, g.before, of, value)
		if t.created != "" && !of.origin.IsZero() {
			t.appendLine(t.created, g.before, of, float64(of.origin.UnixNano())/1e9)
		}
	}
}

func (t *text) appendLine(name string, before []string, of *identity, value float64) {
	if !t.begun {
		t.appendHeader()
	}
	b := append(t.buffer, name...)
	if of.text != "" {
		b = append(b, of.text...)
	} else {
		b = appendLabels(b, t.family.frames, append(before, of.last))
	}
	t.buffer = append(t.appendNumber(b, value), '\n')
	if len(t.buffer) >= textSize {
		t.flush()
	}
}

// add appends the line of a series.
func (t *text) add(value float64, labels []string) {
	if !t.begun {
		t.appendHeader()
	}
	b := appendLabels(append(t.buffer, t.family.name...), t.family.frames, labels)
	t.buffer = append(t.appendNumber(b, value), '\n')
	if len(t.buffer) >= textSize {
		t.flush()
	}
}

func (t *text) flush() {
	if t.err == nil {
		_, t.err = t.to.Write(t.buffer)
	}
	t.buffer = t.buffer[:0]
}

func (t *text) appendHeader() {
	t.begun = true
	if t.format.OpenMetrics {
		t.buffer = append(t.buffer, t.family.openHeader...)
	} else {
		t.buffer = append(t.buffer, t.family.header...)
	}
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
	if whole := uint64(x); 0 <= x && x < 1<<53 && float64(whole) == x {
		b = appendWhole(b, whole)
		if t.format.OpenMetrics && whole < exponentFrom {
			b = append(b, ".0"...)
		}
		return b
	}
	if x != t.number {
		t.number, t.digits = x, t.appendAny(t.digits[:0], x)
	}
	return append(b, t.digits...)
}

// exponentFrom is the least whole number that is written with an exponent.
const exponentFrom = 1e6

// appendWhole appends a whole number below 2^53, of which the shortest form
// that is read as the same number has all digits but the zeros at its end.
func appendWhole(b []byte, n uint64) []byte {
	if n < exponentFrom {
		return strconv.AppendUint(b, n, 10)
	}
	start := len(b)
	b = strconv.AppendUint(b, n, 10)
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
