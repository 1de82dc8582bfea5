package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

func TestAwait(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	if err := await(t.Context(), server.URL); err != nil || asked.Load() != 2 {
		t.Errorf("error %v after %d requests, want none after 2", err, asked.Load())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := await(ctx, "http://127.0.0.1:0/"); !errors.Is(err, context.Canceled) {
		t.Errorf("told to stop: error %v", err)
	}
}

func TestGetServers(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/metrics":
			w.Write([]byte("weight_tuner_server_weight{service=\"fwm/1\",server=\"10.0.0.2:0\"} 1\n"))
		case "/text":
			w.Write([]byte("<html>"))
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	for path, want := range map[string]string{"/missing": "404 Not Found", "/text": "metrics of " + server.URL} {
		if _, err := getServers(t.Context(), server.URL+path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", path, err, want)
		}
	}
	servers, err := getServers(t.Context(), server.URL+"/metrics")
	if err != nil || len(servers) != 1 || servers[0].name != "10.0.0.2:0" {
		t.Errorf("real servers %v, error %v", servers, err)
	}
}
