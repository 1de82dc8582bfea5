package prometheus

import (
	"fmt"
	"io"
	"net/http"
)

// mostAnswer is how many bytes of an answer are read, some two hundred a
// series. None is compressed: it is not asked for, nor unpacked.
const mostAnswer = 16 << 20

// bounded limits the bytes of each answer.
type bounded struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		response.Body = &boundedBody{response.Body, mostAnswer}
	}
	return response, err
}

// boundedBody ends with an error where there is more.
type boundedBody struct {
	io.ReadCloser
	left int // at least 0
}

// Read implements io.Reader.
func (b *boundedBody) Read(to []byte) (int, error) {
	n, err := b.ReadCloser.Read(to[:min(len(to), b.left+1)])
	if n > b.left {
		n, b.left = b.left, 0
		return n, fmt.Errorf("the answer is over %d bytes", mostAnswer)
	}
	b.left -= n
	return n, err
}
