package daemon

import (
	"net/http"
	"time"
)

// What clients may take of a program. Prometheus asks for a page every interval,
// a pair of them does, and somebody with curl.
const (
	// readTimeout is of a request with its body, which none needs.
	readTimeout = 10 * time.Second
	// writeTimeout is from a request's head to the end of its answer. Prometheus
	// takes a series for gone after five minutes, so no scrape is worth waiting
	// longer for, however slow the line.
	writeTimeout = 5 * time.Minute
	// idleTimeout is longer than Prometheus keeps a connection, five minutes, so
	// that none is closed just when a scrape begins.
	idleTimeout    = 6 * time.Minute
	maxHeaderBytes = 16 << 10
	maxRequests    = 40 // answered at once
)

// newServer returns a server within these limits.
func newServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:        readOnly(atMost(maxRequests, handler)),
		ReadTimeout:    readTimeout,
		WriteTimeout:   writeTimeout,
		IdleTimeout:    idleTimeout,
		MaxHeaderBytes: maxHeaderBytes,
	}
}

// readOnly refuses requests that want to change something: nothing can be.
func readOnly(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		handler.ServeHTTP(w, r)
	})
}

// atMost answers n requests at once, and refuses more.
func atMost(n int, handler http.Handler) http.Handler {
	places := make(chan struct{}, n)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
			handler.ServeHTTP(w, r)
		default:
			http.Error(w, "too many requests at once", http.StatusServiceUnavailable)
		}
	})
}
