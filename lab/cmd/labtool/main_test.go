package main

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab/traffic"
)

func TestLoad(t *testing.T) {
	handler, err := traffic.NewServer("server1", 1, traffic.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	defer server.Close()
	log := filepath.Join(t.TempDir(), "log")
	var stdout strings.Builder
	if err := run(t.Context(), []string{"load", "--rate=1000", "--requests=20", "--log=" + log, server.URL}, &stdout); err != nil {
		t.Fatal(err)
	}
	var summary traffic.Summary
	if err := json.Unmarshal([]byte(stdout.String()), &summary); err != nil {
		t.Fatal(err)
	}
	if summary.Requests != 20 || summary.Servers["server1"].Requests != 20 {
		t.Errorf("summary %+v, want 20 requests answered by server1", summary)
	}
	f, err := os.Open(log)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if requests, err := traffic.ReadRequests(f); len(requests) != 20 || err != nil {
		t.Errorf("log has %d requests, error %v, want 20", len(requests), err)
	}
}

func TestMistakes(t *testing.T) {
	gone := httptest.NewServer(nil)
	gone.Close()
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"no URL", []string{"load"}, "required argument 'url'"},
		{"no rate", []string{"load", "--rate=0", gone.URL}, "rate 0"},
		{"nobody answers", []string{"load", "--rate=1000", "--requests=3", gone.URL}, "none of 3 requests"},
		{"no time", []string{"load", "--rate=0.001", "--duration=1ms", gone.URL}, "no request was due"},
		{"no place for the log", []string{"load", "--log=/proc/no/log", gone.URL}, "log of requests"},
		{"no name", []string{"serve"}, "'--name' not provided"},
		{"bad settings", []string{"serve", "--name=x", "--distribution=normal"}, `distribution "normal"`},
		{"bad address", []string{"serve", "--name=x", "--listen=nowhere"}, "nowhere"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := run(t.Context(), tt.args, new(strings.Builder))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %q", err, tt.want)
			}
		})
	}
}
