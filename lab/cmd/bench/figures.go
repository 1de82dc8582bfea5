//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab/cmd/bench/measure"
)

// key says what a figure is of.
type key struct {
	shape        measure.Shape
	reader, what string
}

type figures map[key]float64

// of returns a figure, NaN if it was not measured.
func (f figures) of(k key) float64 {
	if value, ok := f[k]; ok {
		return value
	}
	return math.NaN()
}

// readFigures reads what a guest, or save, has written: a figure a line.
func readFigures(lines io.Reader) (figures, error) {
	found := make(figures)
	for d := json.NewDecoder(lines); ; {
		var f measure.Figure
		err := d.Decode(&f)
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read figures: %w", err)
		}
		found[key{f.Shape, f.Reader, f.What}] = f.Value
	}
}

// loadFigures reads a file, which need not be there.
func loadFigures(file string) (figures, error) {
	lines, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return readFigures(bytes.NewReader(lines))
}

func (f figures) save(file string) error {
	var lines []string
	for k, value := range f {
		line, err := json.Marshal(measure.Figure{Shape: k.shape, Reader: k.reader, What: k.what, Value: value})
		if err != nil {
			return err
		}
		lines = append(lines, string(line))
	}
	slices.Sort(lines)
	var b bytes.Buffer
	for _, line := range lines {
		fmt.Fprintln(&b, line)
	}
	return os.WriteFile(file, b.Bytes(), 0o644)
}
