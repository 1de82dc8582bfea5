//go:build lab

// Package prometheus_test has Prometheus's own tools look at what the
// exporter shows of a director on a real kernel.
package prometheus_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab"
	"github.com/ipvs-autopilot/ipvs-autopilot/lab/labtest"
)

func TestPrometheusTakesWhatIsShown(t *testing.T) {
	tools := unpackPrometheus(t)
	address := startDirector(t, "director.sh", []string{"./cmd/ipvs-exporter", "./lab/cmd/labtool"}, nil, 9975)[0]

	text := get(t, "http://"+address+"/metrics", "")
	promtool := exec.Command(filepath.Join(tools, "promtool"), "check", "metrics", "--extended")
	promtool.Stdin = strings.NewReader(text)
	out, err := promtool.CombinedOutput()
	remarks, counts, _ := strings.Cut(string(out), "Metric ")
	if err != nil || remarks != "" || counts == "" {
		t.Errorf("promtool: %v\n%s", err, out)
	}

	const version = "application/openmetrics-text; version=1.0.0"
	open := get(t, "http://"+address+"/metrics", version)
	for _, want := range []string{
		`ipvs_services{netns="server1"} 0.0`, "# EOF\n",
	} {
		if !strings.Contains(open, want) {
			t.Errorf("no %q in OpenMetrics' form", want)
		}
	}

	prometheus := startPrometheus(t, tools, address)
	for query, want := range map[string]string{
		`up`: "1",
		`ipvs_service_connections_total{service="tcp/10.0.1.100:80"}`: "20",
		`count(count by (__name__) ({__name__=~"ipvs_.*"}))`:          fmt.Sprint(families(open)),
	} {
		eventually(t, func() error {
			if got := ask(t, prometheus, query); got != want {
				return fmt.Errorf("%s is %q, want %s", query, got, want)
			}
			return nil
		})
	}
}

// families counts the names of the exporter's series. An info metric's name
// is that of its family, a counter's has more.
func families(text string) int {
	names := map[string]bool{}
	for line := range strings.Lines(text) {
		if name, _, found := strings.Cut(line, "{"); found && strings.HasPrefix(name, "ipvs_") {
			names[name] = true
		}
	}
	return len(names)
}

func unpackPrometheus(t *testing.T) (programs string) {
	t.Helper()
	folder, err := lab.UnpackPackage(t.Context(), "prometheus", "(libjs|fonts)-.*", os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(folder, "usr/bin")
}

// startDirector has a machine run the script, with these programs and files,
// and returns where its ports are reached.
func startDirector(t *testing.T, script string, commands, files []string, ports ...uint16) (addresses []string) {
	t.Helper()
	programs := t.TempDir()
	if err := labtest.Build(programs, commands...); err != nil {
		t.Fatal(err)
	}
	config := lab.Config{Command: []string{script}, Stdout: os.Stderr, Stderr: os.Stderr, Log: os.Stderr}
	for _, name := range append(files, script) {
		config.Files = append(config.Files, lab.File{Host: filepath.Join("testdata", name)})
	}
	for _, command := range commands {
		config.Files = append(config.Files, lab.File{Host: filepath.Join(programs, filepath.Base(command))})
	}
	for _, port := range ports {
		config.Forward = append(config.Forward, lab.Forward{Guest: port})
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	machine, err := lab.Start(ctx, config)
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = machine.Wait()
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	for _, port := range ports {
		address := fmt.Sprint("127.0.0.1:", machine.Forwarded(port))
		eventually(t, func() error {
			select {
			case <-ended:
				status, err := machine.Wait()
				t.Fatalf("the director has ended, status %d, error %v", status, err)
			default:
			}
			return answers("http://" + address + "/")
		})
		addresses = append(addresses, address)
	}
	return addresses
}

// startPrometheus returns where a Prometheus answers that scrapes the targets.
func startPrometheus(t *testing.T, tools string, targets ...string) (address string) {
	t.Helper()
	folder := t.TempDir()
	config := filepath.Join(folder, "prometheus.yml")
	content := "global: {scrape_interval: 1s}\nscrape_configs: [{job_name: ipvs, static_configs: [{targets: ['" + strings.Join(targets, "', '") + "']}]}]\n"
	if err := os.WriteFile(config, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	address = freeAddress(t)
	cmd := exec.Command(filepath.Join(tools, "prometheus"), "--config.file="+config,
		"--storage.tsdb.path="+filepath.Join(folder, "data"), "--web.listen-address="+address)
	ended, err := lab.StartBound(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	eventually(t, func() error { return answers("http://" + address + "/-/ready") })
	return address
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// ask returns the value of a query that has one, "" before there is one.
func ask(t *testing.T, prometheus, query string) string {
	t.Helper()
	var answer struct {
		Data struct {
			Result []struct{ Value [2]any }
		}
	}
	if err := json.Unmarshal([]byte(get(t, "http://"+prometheus+"/api/v1/query?query="+url.QueryEscape(query), "")), &answer); err != nil {
		t.Fatal(err)
	}
	if len(answer.Data.Result) != 1 {
		return ""
	}
	return fmt.Sprint(answer.Data.Result[0].Value[1])
}

func get(t *testing.T, url, accept string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if accept != "" {
		request.Header.Set("Accept", accept)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v\n%s", url, answer.Status, err, body)
	}
	return string(body)
}

func answers(url string) error {
	answer, err := http.Get(url)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, answer.Status)
	}
	return nil
}

func eventually(t *testing.T, try func() error) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Minute)
	for {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not so after 5 minutes: %v", err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
