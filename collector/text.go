package collector

import (
	"io"
	"math"
	"slices"
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
// line, the last label's values are kept from read to read, and numbers are
// whole as a rule.
type text struct {
	to     io.Writer
	err    error // of to; what comes after it is lost
	format TextFormat
	buffer [textSize + lineRoom]byte // what is yet to be written, and room for another line
	used   uint                      // bytes of it

	family  *family
	begun   bool   // the family's header is there; without series it has none
	created string // name of its series of created timestamps, "" is none

	line, createdLine     line // of the group whose turn it is
	ending, createdEnding ending
	long                  []byte // room for a line that is not laid down in pieces
}

// textSize is what is written at once.
const textSize = 512 << 10

// reset lets the text begin again, in the same memory.
func (t *text) reset(to io.Writer, format TextFormat) {
	t.to, t.err, t.format, t.used = to, nil, format, 0
	t.ending.value, t.createdEnding.value = math.NaN(), math.NaN()
}

func (t *text) begin(f *family) {
	t.family, t.begun, t.created = f, false, ""
	if f.kind == prometheus.CounterValue && t.format.OpenMetrics && t.format.Created {
		t.created = strings.TrimSuffix(f.name, "_total") + "_created"
	}
}

// addColumn appends a line for each value of a column.
func (t *text) addColumn(g group, column []float64) {
	if !slices.ContainsFunc(column, isValue) {
		return
	}
	t.addHeader()
	t.line.begin(t.family.name, t.family.frames, g.before)
	if t.created != "" {
		t.createdLine.begin(t.created, t.family.frames, g.before)
	}
	for i := 0; i < len(column); {
		if math.IsNaN(column[i]) {
			i++
			continue
		}
		t.end(&t.ending, column[i])
		if t.created == "" && t.line.short {
			if n := t.addRun(g.identities[i:], column[i:]); n > 0 {
				i += n
				continue
			}
		}
		of := &g.identities[i]
		t.addLine(&t.line, g, of, &t.ending)
		if t.created != "" && !of.origin.IsZero() {
			t.end(&t.createdEnding, float64(of.origin.UnixNano())/1e9)
			t.addLine(&t.createdLine, g, of, &t.createdEnding)
		}
		i++
	}
}

// addRun appends lines as long as the value is that of the ending, there is
// room, and the identities have blocks, and returns how many. This is where a
// scrape of many servers spends its time: no call is in the loop, so that all
// that it needs stays in registers.
func (t *text) addRun(of []identity, column []float64) int {
	if t.used > textSize {
		t.flush()
	}
	l, e, used := &t.line, &t.ending, t.used
	of = of[:len(column)]
	for i := range column {
		if column[i] != e.value || used > textSize || of[i].size == 0 {
			t.used = used
			return i
		}
		b := (*[lineRoom]byte)(t.buffer[used:])
		n := l.put(b, &of[i])
		*(*[endingSize]byte)(b[n:]) = e.text
		used += n + uint(e.size)
	}
	t.used = used
	return len(column)
}

// addLine appends any line of a group.
func (t *text) addLine(l *line, g group, of *identity, e *ending) {
	if l.short && of.size > 0 {
		b := t.room()
		t.finish(b, l.put(b, of), e)
	} else {
		t.addLong(l, g, of, e)
	}
}

// room returns where the next line comes to stand.
func (t *text) room() *[lineRoom]byte {
	if t.used > textSize {
		t.flush()
	}
	return (*[lineRoom]byte)(t.buffer[t.used:])
}

// finish ends a line that was laid down there up to its number.
func (t *text) finish(b *[lineRoom]byte, size uint, e *ending) {
	*(*[endingSize]byte)(b[size:]) = e.text
	t.used += size + uint(e.size)
}

// addLong appends a line in which something is longer than its piece.
func (t *text) addLong(l *line, g group, of *identity, e *ending) {
	b := appendLabels(append(t.long[:0], l.name...), t.family.frames, append(g.before, of.last))
	t.long = append(b, e.text[:e.size]...)
	t.write(t.long)
}

// add appends a line by the values of its labels.
func (t *text) add(value float64, labels []string) {
	t.addHeader()
	t.end(&t.ending, value)
	b := appendLabels(append(t.long[:0], t.family.name...), t.family.frames, labels)
	t.long = append(b, t.ending.text[:t.ending.size]...)
	t.write(t.long)
}

// addHeader puts the header before a family's first line.
func (t *text) addHeader() {
	if !t.begun {
		t.begun = true
		t.long = append(t.long[:0], t.header()...)
		t.write(t.long)
	}
}

// write appends what may have any length.
func (t *text) write(b []byte) {
	for len(b) > 0 {
		if t.used > textSize {
			t.flush()
		}
		n := copy(t.buffer[t.used:], b)
		t.used += uint(n)
		b = b[n:]
	}
}

func (t *text) flush() {
	if t.err == nil {
		_, t.err = t.to.Write(t.buffer[:t.used])
	}
	t.used = 0
}

func (t *text) header() string {
	if t.format.OpenMetrics {
		return t.family.openHeader
	}
	return t.family.header
}

// ending is how the last line of a kind ended. Many lines have the value of the
// one before.
type ending struct {
	value float64 // NaN before the first line
	text  [endingSize]byte
	size  uint8
}

// endingSize holds any number.
const endingSize = 32

// end sets how lines of a value end.
func (t *text) end(e *ending, value float64) {
	if value != e.value {
		e.value = value
		e.size = uint8(len(append(t.appendNumber(e.text[:0], value), '\n')))
	}
}

// appendLabels appends labels and the space that follows them.
func appendLabels(b []byte, frames []frame, values []string) []byte {
	for _, f := range frames {
		b = append(b, f.text...)
		b = append(b, escaped(values[f.label])...)
	}
	return append(b, `"} `...)
}

// escaped returns a label's value as text has it.
func escaped(value string) string {
	for i := range len(value) {
		if c := value[i]; c <= '"' || c == '\\' {
			return escapeLabel(value)
		}
	}
	return value
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
