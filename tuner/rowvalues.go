package tuner

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// MarshalJSON returns a line of the state file.
func (s serverState) MarshalJSON() ([]byte, error) { return s.appendRow(nil) }

// UnmarshalJSON reads a line of the state file. Values that are missing at its
// end are zero.
func (s *serverState) UnmarshalJSON(text []byte) error {
	if len(text) == 0 || text[0] != '[' {
		return errors.New("what is known of a real server is not an array")
	}
	r := row{doing: reading, text: text[1:]}
	r.values(s)
	if r.finish(); r.bad != "" {
		return fmt.Errorf("real server %s: %s", strings.TrimPrefix(s.ID.String(), "invalid AddrPort"), r.bad)
	}
	return nil
}

// finish checks that all was read.
func (r *row) finish() {
	if r.bad == "" && len(r.next()) > 0 {
		r.bad = "there are more values than expected"
	}
}

// next returns the next value as it is written, nothing at the end.
func (r *row) next() []byte {
	text := bytes.TrimLeft(r.text, " \t\r\n")
	if r.bad != "" || len(text) == 0 || text[0] == ']' {
		return nil
	}
	quoted, n := false, 0
	for ; n < len(text) && (quoted || text[n] != ',' && text[n] != ']'); n++ {
		switch text[n] {
		case '\\':
			n++
		case '"':
			quoted = !quoted
		}
	}
	value := text[:min(n, len(text))]
	if r.text = text[len(value):]; len(r.text) > 0 && r.text[0] == ',' {
		r.text = r.text[1:]
	}
	return bytes.TrimRight(value, " \t\r\n")
}

// quoted returns the next value, a text, nil at the end.
func (r *row) quoted() []byte {
	value := r.next()
	if len(value) < 2 || value[0] != '"' {
		if len(value) > 0 && string(value) != "0" {
			r.bad = fmt.Sprintf("%s is no text", value)
		}
		return nil
	}
	if bytes.IndexByte(value, '\\') < 0 {
		return value[1 : len(value)-1]
	}
	var text string
	r.check(json.Unmarshal(value, &text))
	return []byte(text)
}

// check notes what is wrong with a value.
func (r *row) check(err error) {
	var number *strconv.NumError
	switch {
	case err == nil || r.bad != "":
	case errors.As(err, &number):
		r.bad = fmt.Sprintf("%s cannot be a value here", number.Num)
	default:
		r.bad = err.Error()
	}
}

func (r *row) long(v *uint64) {
	switch r.doing {
	case writing:
		r.text = strconv.AppendUint(append(r.text, ','), *v, 10)
		if *v != 0 {
			r.end = len(r.text)
		}
	case reading:
		*v = 0
		if text := r.next(); len(text) > 0 {
			var err error
			*v, err = strconv.ParseUint(string(text), 10, 64)
			r.check(err)
		}
	}
}

// since is a counter by what it lacks of another one, or is ahead.
func (r *row) since(v *uint64, of uint64) {
	n := int64(of - *v)
	r.integer(&n)
	*v = of - uint64(n)
}

func (r *row) count(v *uint32) {
	n := uint64(*v)
	r.long(&n)
	if *v = uint32(n); uint64(*v) != n {
		r.check(fmt.Errorf("%d is too large", n))
	}
}

func (r *row) samples(v *int) {
	n := int64(*v)
	r.integer(&n)
	*v = int(n)
}

func (r *row) truth(v *bool) {
	n := int64(0)
	if *v {
		n = 1
	}
	r.integer(&n)
	if *v = n == 1; n>>1 != 0 {
		r.check(fmt.Errorf("%d is neither 0 nor 1", n))
	}
}

// bytes are a text in base64.
func (r *row) bytes(v *[]byte) {
	text := base64.RawStdEncoding.EncodeToString(*v)
	r.word(&text)
	if r.doing == reading {
		var err error
		*v, err = base64.RawStdEncoding.DecodeString(text)
		r.check(err)
		if len(*v) == 0 {
			*v = nil
		}
	}
}

func (r *row) word(v *string) {
	switch r.doing {
	case writing:
		r.text = append(r.text, ',')
		if *v == "" {
			r.text = append(r.text, '0')
			return
		}
		quoted, _ := json.Marshal(*v) // of a text, always
		r.text = append(r.text, quoted...)
		r.end = len(r.text)
	case reading:
		*v = string(r.quoted())
	}
}
