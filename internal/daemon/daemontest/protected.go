// Package daemontest tests what both programs have in common, on the programs
// themselves: who may see their pages, and what the documentation lists of them.
package daemontest

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"
)

// Run is a program, until its context ends.
type Run func(ctx context.Context, args []string, log io.Writer) error

// Protected tests that a program which is told to serve its pages over TLS to
// those who know a password serves them to nobody else. args are those of a
// program that serves.
func Protected(t *testing.T, run Run, args []string, pages ...string) {
	t.Helper()
	config, client := withTLS(t)
	address := start(t, run, append(args, "--web.listen-address=127.0.0.1:0", "--web.config.file="+config))
	for _, page := range pages {
		for _, test := range []struct {
			name, scheme, password string
			want                   int
		}{
			{"no TLS", "http", password, http.StatusBadRequest},
			{"nobody", "https", "", http.StatusUnauthorized},
			{"a wrong password", "https", "guess", http.StatusUnauthorized},
			{"the password", "https", password, http.StatusOK},
		} {
			if got := status(t, client, test.scheme+"://"+address+page, test.password); got != test.want {
				t.Errorf("%s with %s: status %d, want %d", page, test.name, got, test.want)
			}
		}
	}
}

const (
	password = "open sesame"
	hashed   = "$2a$04$p0Gs8JMmbmTfI8vNQAI5P.8h0FeWRLEyZhIN/WssZ/s2lpaVn48PW" // bcrypt, of the least cost
)

// withTLS returns a web configuration and a client that trusts its certificate,
// which is that of the library's tests.
func withTLS(t *testing.T) (config string, client *http.Client) {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	certificate := server.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	config = filepath.Join(dir, "web.yaml")
	for file, text := range map[string][]byte{
		filepath.Join(dir, "cert.pem"): pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]}),
		filepath.Join(dir, "key.pem"):  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
		config:                         fmt.Appendf(nil, "tls_server_config: {cert_file: cert.pem, key_file: key.pem}\nbasic_auth_users: {prometheus: '%s'}\n", hashed),
	} {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return config, server.Client()
}

// start runs a program until the end of the test, which it must end without an
// error, and returns the address that its log says it listens on.
func start(t *testing.T, run Run, args []string) (address string) {
	t.Helper()
	log := &log{found: make(chan string, 1)}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, args, log) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case address = <-log.found:
	case err := <-ended:
		ended <- err
		t.Fatal("it ended at once")
	case <-time.After(time.Minute):
		t.Fatal("it does not listen")
	}
	return address
}

// log finds the first address of this host.
type log struct {
	mutex sync.Mutex
	text  bytes.Buffer
	found chan string
}

var local = regexp.MustCompile(`127\.0\.0\.1:[1-9]\d*`)

// Write implements io.Writer.
func (l *log) Write(b []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.text.Write(b)
	if at := local.FindString(l.text.String()); at != "" {
		select {
		case l.found <- at:
		default:
		}
	}
	return len(b), nil
}

func status(t *testing.T, client *http.Client, url, password string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if password != "" {
		r.SetBasicAuth("prometheus", password)
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}
