package ipvs

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// maxLine is more bytes than the kernel puts in any line of its files, and
// than it returns from one read of them where pages are 4 KiB.
const maxLine = 64 << 10

// errEnough ends [eachLine] early, without an error.
var errEnough = errors.New("enough lines")

// eachLine calls each with the lines of a file, numbered from 1. A line is
// valid during the call only. Errors tell the file and the line.
func eachLine(file string, r io.Reader, each func(number int, line []byte) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	number := 1
	for ; lines.Scan(); number++ {
		switch err := each(number, lines.Bytes()); {
		case errors.Is(err, errEnough):
			return nil
		case err != nil:
			return fmt.Errorf("%s line %d: %w", file, number, err)
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return fmt.Errorf("%s line %d: longer than %d bytes", file, number, maxLine)
	case err != nil:
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
