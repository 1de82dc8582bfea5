package collector

import (
	"io"
	"math"
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
