package tuner

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// readJSON decodes one JSON object, all of the file, without unknown fields.
// Errors begin with the name and the line.
func readJSON(r io.Reader, name string, into any) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		return fmt.Errorf("%s: is not a JSON object", name)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s:%d: %w", name, lineAt(data, errorOffset(err, d)), plainJSONError(err))
	}
	rest := data[d.InputOffset():]
	if extra := bytes.TrimSpace(rest); len(extra) > 0 {
		return fmt.Errorf("%s:%d: something follows the JSON object", name, lineAt(data, int64(len(data)-len(extra))))
	}
	return nil
}

// writeJSON writes a value as indented JSON.
func writeJSON(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(value)
}

// errorOffset returns where in the input the decoder found the error, as far
// as it tells.
func errorOffset(err error, d *json.Decoder) int64 {
	var syntax *json.SyntaxError
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return syntax.Offset
	case errors.As(err, &mismatch):
		return mismatch.Offset
	case errors.Is(err, io.ErrUnexpectedEOF):
		return math.MaxInt64
	}
	return d.InputOffset()
}

// plainJSONError returns the error without Go's names for things.
func plainJSONError(err error) error {
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.As(err, &mismatch):
		return fmt.Errorf("%s: cannot be %s", mismatch.Field, mismatch.Value)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the JSON object has no end")
	}
	return errors.New(strings.TrimPrefix(err.Error(), "json: "))
}

func lineAt(data []byte, offset int64) int {
	offset = min(offset, int64(len(data)))
	return 1 + bytes.Count(data[:offset], []byte("\n"))
}
