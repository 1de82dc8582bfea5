//go:build lab

package e2e

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// soakPatience is how long an answer may take; a soak is not to wait for those
// that never come.
const soakPatience = 10 * time.Second

// soakClients ask again and again, but for when pause is held.
type soakClients struct {
	pause   sync.RWMutex
	tallies []*tally
}

// keepAsking has clients of two virtual services, and some that scrape both
// programs in every way and give up some answers in the middle.
func keepAsking(t *testing.T) *soakClients {
	c := &soakClients{}
	ask := func(what, url, name, value string) {
		client := soakClient()
		c.keepDoing(t, what, func(ctx context.Context) error {
			_, err := read(ctx, client, url, http.Header{name: {value}})
			return err
		})
	}
	leave := func(what, address, path string) {
		c.keepDoing(t, what, func(context.Context) error { return giveUp(address, path) })
	}
	ask("visits of a service that stays", "http://10.0.1.100:80/", "Connection", "close")
	ask("visits of one that is edited", "http://10.0.1.100:81/", "Connection", "close")
	ask("scrapes of the tuner", tunerMetrics, "Accept-Encoding", "gzip")
	ask("plans", "http://127.0.0.1:9976/plan", "Connection", "close")
	ask("scrapes of the exporter, plain", exporterMetrics, "Accept-Encoding", "identity")
	ask("scrapes of the exporter, zipped", exporterMetrics, "Accept-Encoding", "gzip")
	ask("scrapes of the exporter, in OpenMetrics", exporterMetrics, "Accept", "application/openmetrics-text;version=1.0.0")
	leave("scrapes of the tuner, given up", "127.0.0.1:9976", "/metrics")
	leave("plans, given up", "127.0.0.1:9976", "/plan")
	leave("scrapes of the exporter, given up", "127.0.0.1:9975", "/metrics")
	return c
}

// keepDoing does something about twice a second, until the end of the test.
func (c *soakClients) keepDoing(t *testing.T, what string, do func(context.Context) error) {
	y, ended := &tally{what: what}, make(chan struct{})
	c.tallies = append(c.tallies, y)
	tick := time.NewTicker(500 * time.Millisecond)
	go func() {
		defer close(ended)
		for t.Context().Err() == nil {
			c.pause.RLock()
			err := do(t.Context())
			c.pause.RUnlock()
			if t.Context().Err() == nil {
				y.note(err)
			}
			select {
			case <-tick.C:
			case <-t.Context().Done():
			}
		}
	}()
	t.Cleanup(func() { tick.Stop(); <-ended })
}

// soakClient keeps its connections.
func soakClient() *http.Client {
	c := client("soak")
	c.Timeout = soakPatience
	c.Transport.(*http.Transport).DisableKeepAlives = false
	return c
}

// read gets an answer and returns its text.
func read(ctx context.Context, c *http.Client, url string, header http.Header) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	request.Header = header
	answer, err := c.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body := io.Reader(answer.Body)
	if answer.Header.Get("Content-Encoding") == "gzip" {
		if body, err = gzip.NewReader(body); err != nil {
			return "", err
		}
	}
	text, err := io.ReadAll(body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("it answered %s", answer.Status)
	}
	return string(text), err
}

// giveUp asks for something, takes little of it at a time, and hangs up in the
// middle.
func giveUp(address, path string) error {
	dialed, err := dial("soak", "tcp", address)
	if err != nil {
		return err
	}
	conn := dialed.(*net.TCPConn)
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(soakPatience)); err != nil {
		return err
	}
	if err := conn.SetReadBuffer(4096); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: soak\r\n\r\n", path); err != nil {
		return err
	}
	if _, err := io.CopyN(io.Discard, conn, 4096); err != nil {
		return err
	}
	return conn.SetLinger(0)
}
