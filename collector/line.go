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
	copy(p.rest[:], text[copy(p.start[:], text):])
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
	head, tail piece // before and after the last label's value
	short      bool  // both are set
}

func (l *line) begin(name string, frames []frame, before []string) {
	var room [256]byte
	text, last := append(room[:0], name...), 0
	for _, f := range frames {
		text = append(text, f.text...)
		if f.label == len(before) {
			last = len(text)
		} else {
			text = append(text, escaped(before[f.label])...)
		}
	}
	text = append(text, `"} `...)
	l.name = name
	l.short = l.head.set(text[:last]) && l.tail.set(text[last:])
}

// put lays down the line of an identity that has a block, and returns its length
// up to the number.
func (l *line) put(b *[lineRoom]byte, of *identity) uint {
	n := l.head.put(b[:])
	*(*[blockSize]byte)(b[n:]) = of.block
	n += uint(of.size)
	return n + l.tail.put(b[n:])
}
