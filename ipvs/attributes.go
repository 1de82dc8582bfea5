package ipvs

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// attributes walks a run of netlink attributes in place, without copying:
// 16 bits of length, 16 of type, then the value, padded to four bytes
// (include/uapi/linux/netlink.h). Like bufio.Scanner, it keeps its first
// error, and next returns false after it.
type attributes struct {
	rest  []byte
	kind  uint16
	value []byte
	err   error
}

const (
	attributeHeader = 4
	// The two highest bits of a type are flags: nested, and byte order.
	attributeTypeMask = 0x3fff
)

func (a *attributes) next() bool {
	b := a.rest
	if a.err != nil || len(b) == 0 {
		return false
	}
	if len(b) < attributeHeader {
		a.err = fmt.Errorf("netlink attributes end in %d stray bytes", len(b))
		return false
	}
	length := int(binary.NativeEndian.Uint16(b))
	if length < attributeHeader || length > len(b) {
		a.err = fmt.Errorf("netlink attribute of length %d in %d bytes", length, len(b))
		return false
	}
	a.kind = binary.NativeEndian.Uint16(b[2:]) & attributeTypeMask
	a.value = b[attributeHeader:length]
	a.rest = b[min((length+3)&^3, len(b)):]
	return true
}

// has reports whether the value is size bytes long, and notes an error when
// it is not.
func (a *attributes) has(size int) bool {
	if len(a.value) != size {
		a.noteSize(size)
	}
	return a.err == nil
}

func (a *attributes) noteSize(want int) {
	if a.err == nil {
		a.err = fmt.Errorf("netlink attribute %d is %d bytes long, not %d", a.kind, len(a.value), want)
	}
}

func (a *attributes) uint8() uint8 {
	if !a.has(1) {
		return 0
	}
	return a.value[0]
}

func (a *attributes) uint16() uint16 {
	if !a.has(2) {
		return 0
	}
	return binary.NativeEndian.Uint16(a.value)
}

func (a *attributes) bigEndian16() uint16 {
	if !a.has(2) {
		return 0
	}
	return binary.BigEndian.Uint16(a.value)
}

func (a *attributes) uint32() uint32 {
	if !a.has(4) {
		return 0
	}
	return binary.NativeEndian.Uint32(a.value)
}

// counter reads 32 or 64 bits, as statistics come in either width.
func (a *attributes) counter() uint64 {
	if len(a.value) == 4 {
		return uint64(a.uint32())
	}
	if !a.has(8) {
		return 0
	}
	return binary.NativeEndian.Uint64(a.value)
}

// text reads a string, without the NUL that may end it. The kernel takes
// names of any bytes; those that are not UTF-8 are replaced.
func (a *attributes) text(n names) string {
	before, _, _ := bytes.Cut(a.value, []byte{0})
	return n.text(before)
}
