package collector

import (
	"math"
	"strconv"
	"strings"
)

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
	var room [16]byte
	digits := lastDigits(&room, uint64(n))
	exponent := len(digits) - 1
	b = append(b, digits[0])
	for digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
	}
	if len(digits) > 1 {
		b = append(append(b, '.'), digits[1:]...)
	}
	return append(b, 'e', '+', byte('0'+exponent/10), byte('0'+exponent%10))
}

// lastDigits puts the digits of a number at the end of room, which they fit.
func lastDigits(room *[16]byte, n uint64) []byte {
	const pairs = "00010203040506070809" +
		"10111213141516171819" +
		"20212223242526272829" +
		"30313233343536373839" +
		"40414243444546474849" +
		"50515253545556575859" +
		"60616263646566676869" +
		"70717273747576777879" +
		"80818283848586878889" +
		"90919293949596979899"
	i := len(room)
	for ; n >= 100; n /= 100 {
		i -= 2
		pair := n % 100 * 2
		room[i], room[i+1] = pairs[pair], pairs[pair+1]
	}
	if n >= 10 {
		i--
		room[i] = byte('0' + n%10)
		n /= 10
	}
	i--
	room[i] = byte('0' + n)
	return room[i:]
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
