//go:build lab

package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
)

// The handshake of TLS is timed as requests are, unless it is to be skipped.
func TestPassiveTLS(t *testing.T) {
	const requests = 20
	tests := []struct {
		name, network, service, forward string
		measure                         passive.Measure
	}{
		{"NAT", "nat.sh 1", "10.0.1.100:443", "-m", passive.FirstByte},
		{"DR", "direct.sh 1", "10.0.2.100:9000", "-g", passive.Timestamps},
	}
	versions := []struct {
		version   uint16
		exchanges uint8 // of the handshake
	}{{tls.VersionTLS12, 2}, {tls.VersionTLS13, 1}}
	config := newTLS(t)
	late := config.Clone() // tickets, which Go sends after the handshake if it asks who the client is
	late.ClientAuth = tls.RequestClientCert
	for _, test := range tests {
		sh(t, test.network)
		service, _ := arrangeService(t, "tcp/"+test.service, "10.0.2.11:9000 "+test.forward)
		server := &timedServer{name: "server1", delay: 30 * time.Millisecond}
		run := func(name string, version uint16, skip uint8, keep int, least, most uint64) {
			t.Run(fmt.Sprintf("%s/%s%s/%d a connection/%d skipped", test.name, tls.VersionName(version), name, keep, skip), func(t *testing.T) {
				client := config.Clone()
				client.MinVersion, client.MaxVersion = version, version
				timing := timing{T: t, service: service, measure: test.measure}
				timing.overTLS(server, client, skip, requests/keep, keep, least, most)
			})
		}
		stop := server.startTLS(t, ":9000", config)
		for _, v := range versions {
			for _, keep := range []int{1, requests} {
				run("", v.version, v.exchanges, keep, requests, requests)
				all := uint64(requests + int(v.exchanges)*requests/keep)
				run("", v.version, 0, keep, all, all)
			}
		}
		stop()
		// Tickets are an answer to the end of the handshake, or to the first request.
		stop = server.startTLS(t, ":9000", late)
		run(", tickets", tls.VersionTLS13, 2, requests, requests-1, requests)
		stop()
	}
}

// overTLS asks over so many connections, until something is timed, and compares
// how many answers there are; what is repeated on the way may seem one more. Those that are not skipped must
// have taken as long as the server did.
func (t timing) overTLS(server *timedServer, config *tls.Config, skip uint8, connections, keep int, least, most uint64) {
	t.Helper()
	for range 10 {
		meter, err := passive.Open(passive.Options{Skip: map[ipvs.ServiceID]uint8{t.service: skip}})
		if err != nil {
			t.Fatal(err)
		}
		t.meter = meter
		t.shakeHands()
		var client told
		for range connections {
			seen := t.inquireTLS(config, keep)
			client.answers += keep
			client.requests += seen.requests
			client.longest = max(client.longest, seen.longest)
		}
		c := &counted{T: t.T, service: t.service, meter: meter}
		eventually(t.T, func() error {
			if all := c.tally(); sum(all) < least+all["connect"] {
				return fmt.Errorf("%v, want %d answers", all, least)
			}
			return nil
		})
		h, all := t.readings()["10.0.2.11:9000"], c.tally()
		got, own := h.Count(), server.reset().all
		if err := meter.Close(); err != nil {
			t.Error(err)
		}
		if got == 0 {
			continue
		}
		if n := sum(all) - all["connect"]; n < least || n > most+all["request_repeated"] {
			t.Errorf("%v, want from %d to %d answers", all, least, most)
		}
		mean := h.Sum / time.Duration(got)
		if skip > 0 && (mean < server.delay-2*time.Millisecond || mean > client.longest+time.Millisecond+madeUp) {
			t.Errorf("%v in the mean; each took from %v to %v", mean, server.delay, client.longest)
		}
		t.Logf("FIGURE %s: own %.2f ms, measured %.2f ms, client %.2f ms; %d answers", t.Name(),
			milliseconds(own)/float64(client.answers), milliseconds(mean), milliseconds(client.requests)/float64(client.answers), got)
		return
	}
	t.Error("everything is lost each time")
}

// inquireTLS asks n times over a connection that it closes without TLS's
// farewell, lest the server's be taken for an answer.
func (t timing) inquireTLS(config *tls.Config, n int) told {
	t.Helper()
	conn, err := dial("client", "tcp", t.service.Address.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, seen, err := inquire(tls.Client(conn, config), n)
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

// startTLS is as start.
func (s *timedServer) startTLS(t *testing.T, address string, config *tls.Config) (stop func()) {
	return s.startWith(t, address, func(conn net.Conn) net.Conn { return tls.Server(conn, config) })
}

// newTLS returns what is a server's configuration and a client's, who trusts it.
func newTLS(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"a"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(certificate)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, RootCAs: trusted, ServerName: "a"}
}
