package probe

import (
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/prometheus/common/config"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// asked asks a server on this host once.
func asked(t *testing.T, c tuner.Probe, address net.Addr) error {
	t.Helper()
	a, err := newAsker(c, dialTCP)
	if err != nil {
		t.Fatal(err)
	}
	s := &subject{address: netip.MustParseAddrPort(address.String())}
	defer s.drop()
	return a.ask(t.Context(), s)
}

func TestHTTPS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS.ServerName == "wrong.example.org" {
			w.WriteHeader(http.StatusMisdirectedRequest)
		}
	}))
	defer server.Close()
	server.Config.ErrorLog = nil
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, host string
		tls        config.TLSConfig
		ok         bool
	}{
		{"unknown authority", "", config.TLSConfig{}, false},
		{"another name", "", config.TLSConfig{CAFile: ca, ServerName: "other.test"}, false},
		{"the host is another name", "other.test:443", config.TLSConfig{CAFile: ca}, false},
		{"the server refuses the name", "wrong.example.org", config.TLSConfig{InsecureSkipVerify: true}, false},
		{"any authority", "", config.TLSConfig{InsecureSkipVerify: true}, true},
		{"by its address", "", config.TLSConfig{CAFile: ca}, true},
		{"by its name", "", config.TLSConfig{CAFile: ca, ServerName: "example.com"}, true},
		{"by the host", "example.com:443", config.TLSConfig{CAFile: ca}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := httpProbe()
			c.Scheme, c.Host, c.TLS = "https", test.host, test.tls
			if err := asked(t, c, server.Listener.Addr()); (err == nil) != test.ok {
				t.Errorf("error %v", err)
			}
		})
	}
	missing := httpProbe()
	missing.Scheme, missing.TLS.CAFile = "https", "/nonsense"
	if p, err := NewHTTP(missing); err == nil {
		p.Close()
		t.Error("a missing file is no error")
	}
}

func TestSockets(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	address := server.Listener.Addr()
	strict := httpProbe()
	lenient := httpProbe()
	lenient.ValidStatusCodes = append(lenient.ValidStatusCodes, tuner.StatusRange{First: 404, Last: 404})
	if err := asked(t, strict, address); err == nil || err.Error() != "status 404" {
		t.Errorf("status 404 gives %v", err)
	}
	if err := asked(t, lenient, address); err != nil {
		t.Errorf("a valid status gives %v", err)
	}
	server.Close()
	if err := asked(t, lenient, address); err == nil || ownFault(err) {
		t.Errorf("a closed port gives %v", err)
	}
}
