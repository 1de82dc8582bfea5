package ipvs

import (
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
