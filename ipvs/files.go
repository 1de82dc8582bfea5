package ipvs

import (
	"bufio"
	"io"
	"os"
)

// parseFile returns what parse makes of a file.
func parseFile[T any](file string, parse func(io.Reader) (T, error)) (T, error) {
	f, err := os.Open(file)
	if err != nil {
		var none T
		return none, err
	}
	defer f.Close()
	return parse(f)
}

// parseTable is parseFile for a table, of which one read returns a page at most,
// whatever the buffer: one below a page only makes more reads of it, each of
// which has the kernel walk the table from its start.
func parseTable[T any](file string, parse func(io.Reader) (T, error)) (T, error) {
	return parseFile(file, func(r io.Reader) (T, error) { return parse(bufio.NewReaderSize(r, maxLine)) })
}
