package coordination

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
)

const (
	// readable is up to which size a plan is written as it is, for people; etcd
	// takes requests of 1.5 MiB (--max-request-bytes).
	readable = 1 << 20
	// longestPlan bounds what a compressed plan may come to: some 200 bytes for
	// each of 300,000 real servers.
	longestPlan = 64 << 20
)

// gzipped is how a compressed plan begins (RFC 1952), and no JSON does.
const gzipped = "\x1f\x8b"

// pack returns what etcd is to have for the text of a plan.
func pack(text []byte) ([]byte, error) {
	if len(text) <= readable {
		return text, nil
	}
	return compress(text)
}

func compress(text []byte) ([]byte, error) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	err := w.Close()
	return packed.Bytes(), err
}

// unpack returns the text of a plan that etcd has.
func unpack(value []byte) ([]byte, error) {
	if !bytes.HasPrefix(value, []byte(gzipped)) {
		return value, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(value))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(r, longestPlan+1))
	if len(text) > longestPlan {
		return nil, fmt.Errorf("a plan of more than %d MiB", longestPlan>>20)
	}
	return text, err
}
