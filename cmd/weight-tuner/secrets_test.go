package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs/ipvstest"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/coordination"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sources"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/status"
)

// secret is what must be nowhere but in the configuration and the files that it
// names, and in requests.
const secret = "open-sesame-9975"

// encoded is the secret as basic authentication has it, after "u:".
const encoded = "dTpvcGVuLXNlc2FtZS05OTc1"

// silent fails the test where a text has the secret.
func silent(t *testing.T, what, text string) {
	t.Helper()
	if strings.Contains(text, secret) || strings.Contains(text, encoded) {
		t.Errorf("%s has the secret:\n%s", what, text)
	}
}

// secretFile returns a file that has the secret.
func secretFile(t *testing.T) string {
	t.Helper()
	return files(t, map[string]string{"secret": secret})["secret"]
}

// logTo returns a logger that tells everything.
func logTo(w io.Writer) *zap.Logger {
	encoder := zapcore.NewJSONEncoder(zap.NewDevelopmentEncoderConfig())
	return zap.New(zapcore.NewCore(encoder, zapcore.AddSync(w), zap.DebugLevel))
}

// secretive are the ways in which a Prometheus's URL and its http may have the
// secret. FILE has it too, PROMETHEUS is an address.
func secretive() map[string][2]string {
	const url = "http://PROMETHEUS"
	return map[string][2]string{
		"URL":                 {"http://u:" + secret + "@PROMETHEUS", "{}"},
		"password":            {url, "{basic_auth: {username: u, password: " + secret + "}}"},
		"password in a file":  {url, "{basic_auth: {username: u, password_file: FILE}}"},
		"credentials":         {url, "{authorization: {credentials: " + secret + "}}"},
		"credentials, a file": {url, "{authorization: {credentials_file: FILE}}"},
		"proxy":               {url, "{proxy_url: 'http://u:" + secret + "@PROMETHEUS'}"},
		"proxy's header":      {url, "{proxy_url: 'http://PROMETHEUS', proxy_connect_header: {X-Proxy: [" + secret + "]}}"},
		"header":              {url, "{http_headers: {X-Key: {secrets: [" + secret + "]}}}"},
		"header in a file":    {url, "{http_headers: {X-Key: {files: [FILE]}}}"},
		"OAuth2":              {url, "{oauth2: {client_id: u, client_secret: " + secret + ", token_url: 'http://PROMETHEUS/token'}}"},
		"OAuth2, a file":      {url, "{oauth2: {client_id: u, client_secret_file: FILE, token_url: 'http://PROMETHEUS/token'}}"},
	}
}

// useless are servers that a Prometheus should not be.
func useless(t *testing.T) map[string]string {
	t.Helper()
	addresses := map[string]string{"unreachable": "127.0.0.1:1"}
	for name, answer := range map[string]http.HandlerFunc{
		"refuses":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
		"garbage":    func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "<html>") },
		"redirects":  func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) },
		"breaks off": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		server := httptest.NewServer(answer)
		t.Cleanup(server.Close)
		addresses[name] = server.Listener.Addr().String()
	}
	return addresses
}

// TestSecrets has failures of all sorts where there are secrets, and looks for
// them in all that the tuner leaves.
func TestSecrets(t *testing.T) {
	file := secretFile(t)
	servers := useless(t)
	for way, source := range secretive() {
		for fault, address := range servers {
			t.Run(way+", "+fault, func(t *testing.T) {
				config := fmt.Sprintf("state_file: %s\nsources: {prom: {type: prometheus, url: '%s', latency: L, http: %s}}\nservices: [{match: '*', policy: equalize, source: prom}]\n",
					filepath.Join(t.TempDir(), "state.json"), source[0], source[1])
				config = strings.NewReplacer("PROMETHEUS", address, "FILE", file).Replace(config)
				f := files(t, map[string]string{"config": config, "table": tableAt(0)})
				checkPlanned(t, f)
				checkRun(t, f["config"])
			})
		}
	}
}

func checkPlanned(t *testing.T, f map[string]string) {
	t.Helper()
	var out, log bytes.Buffer
	if err := run(t.Context(), []string{"plan", "--config.file=" + f["config"], "--table.file=" + f["table"]}, &out, &log); err != nil {
		t.Fatal(err)
	}
	silent(t, "plan", out.String())
	silent(t, "what plan says", log.String())
	if !strings.Contains(log.String(), "source prom: query latency: ") {
		t.Errorf("nothing is wrong with the source: %s", log.String())
	}
}

// checkRun makes a decision as run does, on a director in memory.
func checkRun(t *testing.T, file string) {
	t.Helper()
	config, err := loadConfig(file)
	if err != nil {
		t.Fatal(err)
	}
	meters, err := sources.Open(config, sources.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer meters.Close()
	director := ipvstest.NewDirector()
	service := ipvstest.Services()[0]
	director.AddService(service)
	meters["prom"].Watch([]tuner.Target{{Service: service.ID, Server: service.Servers[0].ID}}) // to be asked at once
	var log bytes.Buffer
	loop := &tuner.Loop{
		Config: config, Meters: meters, Metrics: tuner.NewMetrics(),
		Netns:  func() ([]tuner.Netns, error) { return []tuner.Netns{{Director: director}}, nil },
		Logger: logTo(&log),
	}
	board := &status.Board{}
	loop.Tell = board.Tell
	handler, err := newHandler("/metrics", loop, board)
	if err != nil {
		t.Fatal(err)
	}
	decideOnce(t, loop)
	silent(t, "the log", log.String())
	if !strings.Contains(log.String(), "query latency: ") {
		t.Errorf("no failure is logged: %s", log.String())
	}
	for _, page := range []string{"/", "/plan", "/metrics", "/api/v1/status", "/service?service=" + url.QueryEscape(service.ID.String())} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, page, nil))
		silent(t, page, w.Body.String())
	}
	state, err := os.ReadFile(config.StateFile)
	if err != nil {
		t.Fatal(err)
	}
	silent(t, "the state file", string(state))
}

// decideOnce runs the loop until there is a plan.
func decideOnce(t *testing.T, loop *tuner.Loop) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- loop.Run(ctx) }()
	for loop.LastPlan().Time.IsZero() && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
	stop()
	if err := <-ended; err != nil || loop.LastPlan().Time.IsZero() {
		t.Fatalf("no decision, error %v", err)
	}
}

// TestEtcdSecret has nobody, or no etcd, where a password is sent.
func TestEtcdSecret(t *testing.T) {
	file := secretFile(t)
	for fault, address := range useless(t) {
		t.Run(fault, func(t *testing.T) {
			t.Parallel() // they wait
			var log bytes.Buffer
			etcd := tuner.Etcd{Endpoints: []string{"http://" + address}, Prefix: "/p", TTL: 5 * time.Second, Username: "u", PasswordFile: file}
			member := coordination.New(etcd, "a", logTo(&log))
			ctx, stop := context.WithTimeout(t.Context(), 3*time.Second)
			defer stop()
			if err := member.Run(ctx); err != nil {
				t.Error(err)
			}
			_, err := member.Coordination().Ask(t.Context())
			if err == nil {
				t.Error("it has a session")
			}
			silent(t, "the log", log.String())
			silent(t, "the error", fmt.Sprint(err))
		})
	}
}

// A mistake beside a secret, or in it, is told without it.
func TestMistakenSecrets(t *testing.T) {
	for _, source := range []string{
		"url: 'http://u:" + secret + "@x:nonsense'",
		"url: 'u:" + secret + "@x'",
		"url: 'http://x', http: " + secret,
		"url: 'http://x', http: {basic_auth: " + secret + "}",
		"url: 'http://x', http: {basic_auth: {username: u, password: [" + secret + "]}}",
		"url: 'http://x', http: {basic_auth: {username: u, password: " + secret + ", password_file: f}}",
		"url: 'http://x', http: {authorization: {type: basic, credentials: " + secret + "}}",
		"url: 'http://x', http: {bearer_token: " + secret + ", bearer_token_file: f}",
		"url: 'http://x', http: {proxy_url: 'http://u:" + secret + "@x:nonsense'}",
		"url: 'http://x', http: {proxy_url: 'http://u:" + secret + "/@x'}",
		"url: 'http://x', http: {http_headers: {Authorization: {secrets: [" + secret + "]}}}",
		"url: 'http://x', http: {oauth2: {client_id: u, client_secret: " + secret + "}}",
	} {
		f := files(t, map[string]string{"config": "sources: {prom: {type: prometheus, latency: L, " + source + "}}\nservices: [{match: '*', source: prom}]\n"})
		for _, args := range [][]string{{"check"}, {"plan"}} {
			out, err := runWith(t, append(args, "--config.file="+f["config"])...)
			if err == nil {
				t.Errorf("%s takes %s", args[0], source)
				continue
			}
			silent(t, args[0]+" of "+source, out+err.Error())
		}
	}
}
