package collector

// Most lines are laid down in pieces of fixed length, each over what the one
// before has too much of: a copy of a length that the compiler knows is a few
// instructions, one of another length is a call that first finds out how to
// copy.

// piece is a text of many lines, of at most 128 bytes.
type piece struct {
	start, rest [64]byte
	size        uint8 // so that the compiler knows that a line fits into its room
}

// lineRoom has room for all pieces of a line, and for what they have too much.
const lineRoom = 2048

// set reports whether the text is short enough.
func (p *piece) set(text []byte) bool {
	if len(text) > len(p.start)+len(p.rest) {
		return false
	}
	if n := copy(p.start[:], text); n < len(text) {
		copy(p.rest[:], text[n:])
	}
	p.size = uint8(len(text))
	return true
}

// put lays the piece down and returns its length.
func (p *piece) put(b []byte) uint {
	*(*[64]byte)(b) = p.start
	if p.size > 64 {
		*(*[64]byte)(b[64:]) = p.rest
	}
	return uint(p.size)
}

// line is what the lines of a family have in common in a group: all but the
// value of the last label and the number.
type line struct {
	name       string
	labels     []string // values before the last label's, as they were for the head
	head, tail piece    // before and after the last label's value
	short      bool     // both are set
	text       []byte   // that of the tail
	end        piece    // the tail with a number, where that is the same in many lines
}

// begin sets the line of a group. The head stays where it is that of the group
// before: of the labels of a real server's line it has the namespace alone.
func (l *line) begin(name string, frames []frame, g group) {
	labels, last := g.before, 0
	same := l.short && l.name == name && len(l.labels) == len(labels)
	for frames[last].label < len(labels) {
		of := frames[last].label
		same = same && l.labels[of] == labels[of]
		last++
	}
	if !same {
		l.name, l.labels = name, append(l.labels[:0], labels...)
		l.text = append(appendFrames(append(l.text[:0], name...), frames[:last], labels), frames[last].text...)
		l.short = l.head.set(l.text)
	}
	if l.text = append(l.text[:0], g.after...); g.after == "" {
		l.text = append(appendFrames(l.text, frames[last+1:], labels), `"} `...)
	}
	l.short = l.tail.set(l.text) && l.short
}

// repeat sets the end of lines that have the same number, and reports whether it
// is short enough.
func (l *line) repeat(e *ending) bool {
	return l.short && l.end.set(append(l.text, e.text[:e.size]...))
}

// put lays down the line of an identity that has a block, and returns its length
// up to the end.
func (l *line) put(b *[lineRoom]byte, of *identity) uint {
	n := l.head.put(b[:])
	*(*[blockSize]byte)(b[n:]) = of.block
	return n + uint(of.size)
}
