package collector

import "math"

// addColumn appends a line for each value of a column.
func (t *text) addColumn(g group, column []float64) {
	if !anyValue(column) {
		return
	}
	t.addHeader()
	t.line.begin(t.family.name, t.family.frames, g)
	if t.created != "" {
		t.createdLine.begin(t.created, t.family.frames, g)
	}
	for i := 0; i < len(column); {
		if math.IsNaN(column[i]) {
			i++
			continue
		}
		t.end(&t.ending, column[i])
		if t.created == "" && i+1 < len(column) && column[i+1] == column[i] && t.line.repeat(&t.ending) {
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

// anyValue is slices.ContainsFunc(column, isValue) without calls.
func anyValue(column []float64) bool {
	for _, value := range column {
		if isValue(value) {
			return true
		}
	}
	return false
}

// addRun appends lines as long as the value is that of the line's end, there is
// room, and the identities have blocks, and returns how many. This is where a
// scrape of many servers spends its time: no call is in the loop, so that all
// that it needs stays in registers.
func (t *text) addRun(of []identity, column []float64) int {
	if t.used > textSize {
		t.flush()
	}
	l, value, used := &t.line, t.ending.value, t.used
	of = of[:len(column)]
	for i := range column {
		if column[i] != value || used > textSize || of[i].size == 0 {
			t.used = used
			return i
		}
		b := (*[lineRoom]byte)(t.buffer[used:])
		n := l.put(b, &of[i])
		used += n + l.end.put(b[n:])
	}
	t.used = used
	return len(column)
}

// addLine appends any line of a group, also one in which something is longer
// than its piece.
func (t *text) addLine(l *line, g group, of *identity, e *ending) {
	if l.short && of.size > 0 {
		b := t.room()
		n := l.put(b, of)
		n += l.tail.put(b[n:])
		*(*[endingSize]byte)(b[n:]) = e.text
		t.used += n + uint(e.size)
		return
	}
	b := appendLabels(append(t.long[:0], l.name...), t.family.frames, append(g.before, of.last))
	t.long = append(b, e.text[:e.size]...)
	t.write(t.long)
}

// room returns where the next line comes to stand.
func (t *text) room() *[lineRoom]byte {
	if t.used > textSize {
		t.flush()
	}
	return (*[lineRoom]byte)(t.buffer[t.used:])
}
