package traffic

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 123456789, time.UTC)

func TestRecord(t *testing.T) {
	tests := []struct {
		name    string
		request Request
		want    string
	}{
		{"error", Request{Start: start, Latency: 5 * time.Second, Err: errors.New("refused")},
			`{"start":"2026-01-02T03:04:05.123456789Z","latency_seconds":5,"error":"refused"}`},
		{"answer", Request{Start: start, Latency: 12100 * time.Microsecond, Server: "server1"},
			`{"start":"2026-01-02T03:04:05.123456789Z","latency_seconds":0.0121,"server":"server1"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := json.Marshal(tt.request)
			if err != nil || string(got) != tt.want {
				t.Errorf("%s, error %v, want %s", got, err, tt.want)
			}
		})
	}
}

func TestReadRequests(t *testing.T) {
	want := []Request{
		{Start: start, Latency: 12100 * time.Microsecond, Server: "server1"},
		{Start: start.Add(time.Second), Latency: 5 * time.Second, Err: errors.New("refused")},
	}
	var log bytes.Buffer
	for _, r := range want {
		json.NewEncoder(&log).Encode(r)
	}
	got, err := ReadRequests(&log)
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d requests, error %v, want %d", len(got), err, len(want))
	}
	for i := range want {
		if got[i].Start != want[i].Start || got[i].Latency != want[i].Latency || got[i].Server != want[i].Server ||
			(got[i].Err == nil) != (want[i].Err == nil) {
			t.Errorf("request %d is %+v, want %+v", i, got[i], want[i])
		}
	}
}

func TestReadRequestsErrors(t *testing.T) {
	for _, text := range []string{"{}\n{", "1", `{"start":"yesterday"}`} {
		if _, err := ReadRequests(strings.NewReader(text)); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

func FuzzReadRequests(f *testing.F) {
	f.Add(`{"start":"2026-01-02T03:04:05Z","latency_seconds":5,"error":"refused"}`)
	f.Fuzz(func(t *testing.T, text string) {
		requests, err := ReadRequests(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, r := range requests {
			if _, err := json.Marshal(r); err != nil {
				t.Errorf("%q was read as what cannot be written: %v", text, err)
			}
		}
	})
}
