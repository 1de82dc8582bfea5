package probe

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"

	"github.com/prometheus/common/config"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// asker makes HTTP/1.1 requests. It does so itself rather than by the standard
// client, which would need several goroutines for each, and would not tell a
// fault of this host from one of the server by where it came from.
type asker struct {
	config tuner.Probe
	tls    *tls.Config // nil is plain HTTP
	dial   dial
	path   *url.URL
	method *http.Request // what ReadResponse needs to know
}

func newHTTP(c tuner.Probe, dial dial) (*Prober, error) {
	a, err := newAsker(c, dial)
	if err != nil {
		return nil, err
	}
	return start(c, a.ask), nil
}

func newAsker(c tuner.Probe, dial dial) (*asker, error) {
	path, err := url.ParseRequestURI(c.Path)
	if err != nil {
		return nil, err
	}
	a := &asker{config: c, dial: dial, path: path, method: &http.Request{Method: c.Method}}
	if c.Scheme == "https" {
		if a.tls, err = config.NewTLSConfig(&c.TLS); err != nil {
			return nil, err
		}
		host, _, err := net.SplitHostPort(c.Host)
		if err != nil {
			host = c.Host
		}
		a.tls.ServerName = cmp.Or(a.tls.ServerName, host)
	}
	return a, nil
}

// ask asks over the connection that was kept, if there is one. If the server
// has closed that meanwhile, which is its right, it asks over a new one.
func (a *asker) ask(ctx context.Context, s *subject) error {
	c := s.kept
	s.kept = nil
	if c != nil {
		c.reused = true
		if err := a.exchange(ctx, s, c); err == nil || c.left.N < mostAnswer || ctx.Err() != nil {
			return err
		}
	}
	c, err := a.open(ctx, s.address)
	if err != nil {
		return err
	}
	return a.exchange(ctx, s, c)
}

// open opens a connection.
func (a *asker) open(ctx context.Context, address netip.AddrPort) (*connection, error) {
	c, err := a.dial(ctx, address)
	switch {
	case err != nil:
		return nil, err
	case a.tls == nil:
		return newConnection(c), nil
	}
	settings := a.tls
	if settings.ServerName == "" {
		settings = settings.Clone()
		settings.ServerName = address.Addr().String()
	}
	secured := tls.Client(c, settings)
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = c.Close() // the handshake's error tells more
		return nil, err
	}
	return newConnection(secured), nil
}

// exchange makes a request and reads the answer to it. It keeps the connection
// or closes it.
func (a *asker) exchange(ctx context.Context, s *subject, c *connection) error {
	release := c.bound(ctx)
	again, err := a.talk(s, c)
	if release() && again && err == nil {
		s.kept = c
		return nil
	}
	_ = c.Close() // what was to be read has been
	return err
}

// talk writes the request and reads the answer, and reports whether another
// may follow on the connection.
func (a *asker) talk(s *subject, c *connection) (again bool, err error) {
	c.left.N = mostAnswer
	if _, err = c.Write(a.request(s.address)); err != nil {
		return false, err
	}
	response, err := a.answer(c)
	if err != nil {
		return false, err
	}
	if !a.valid(response.StatusCode) {
		return false, fmt.Errorf("status %d", response.StatusCode)
	}
	if _, err = io.Copy(io.Discard, response.Body); err != nil && c.left.N > 0 {
		return false, err
	}
	return a.config.KeepAlive && !response.Close && c.left.N > 0, nil
}

// answer reads the head of the final answer.
func (a *asker) answer(c *connection) (*http.Response, error) {
	for {
		response, err := http.ReadResponse(c.reader, a.method)
		if err != nil || response.StatusCode >= 200 || response.StatusCode == http.StatusSwitchingProtocols {
			return response, err
		}
	}
}

func (a *asker) valid(status int) bool {
	return slices.ContainsFunc(a.config.ValidStatusCodes, func(r tuner.StatusRange) bool {
		return r.First <= status && status <= r.Last
	})
}

// request returns the bytes of a request to a server.
func (a *asker) request(address netip.AddrPort) []byte {
	host := a.config.Host
	if host == "" {
		host = address.String()
	}
	r := http.Request{
		Method: a.config.Method, URL: a.path, Host: host, Close: !a.config.KeepAlive,
		Header: http.Header{"User-Agent": {"weight-tuner"}},
	}
	var b bytes.Buffer
	_ = r.Write(&b) // a buffer takes everything
	return b.Bytes()
}
