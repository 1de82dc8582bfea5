package traffic

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// line is a request as one line of JSON:
//
//	{"start":"2026-01-02T03:04:05.123456789Z","latency_seconds":0.0121,"server":"server1"}
//	{"start":"2026-01-02T03:04:05.223456789Z","latency_seconds":5,"error":"context deadline exceeded"}
type line struct {
	Start          time.Time `json:"start"`
	LatencySeconds float64   `json:"latency_seconds"`
	Server         string    `json:"server,omitempty"`
	Error          string    `json:"error,omitempty"`
}

// MarshalJSON implements [json.Marshaler]: the keys are start (RFC 3339),
// latency_seconds, and server or error.
func (r Request) MarshalJSON() ([]byte, error) {
	l := line{Start: r.Start.UTC(), LatencySeconds: r.Latency.Seconds(), Server: r.Server}
	if r.Err != nil {
		l.Error = r.Err.Error()
	}
	return json.Marshal(l)
}

// UnmarshalJSON implements [json.Unmarshaler]; of an error only the text comes
// back.
func (r *Request) UnmarshalJSON(text []byte) error {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return err
	}
	*r = Request{Start: l.Start, Latency: time.Duration(l.LatencySeconds * float64(time.Second)), Server: l.Server}
	if l.Error != "" {
		r.Err = errors.New(l.Error)
	}
	return nil
}

// ReadRequests reads requests as [Request.MarshalJSON] writes them, one after
// another.
func ReadRequests(from io.Reader) ([]Request, error) {
	decoder := json.NewDecoder(from)
	var requests []Request
	for {
		var r Request
		err := decoder.Decode(&r)
		if errors.Is(err, io.EOF) {
			return requests, nil
		}
		if err != nil {
			return nil, fmt.Errorf("traffic: request %d: %w", len(requests)+1, err)
		}
		requests = append(requests, r)
	}
}
