//go:build lab

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab/labtest"
)

// TestDemo runs the demonstration until it has told of three real servers,
// asks all that it says is there, looks at the tuner's page, ends it as Ctrl-C
// does, and looks for anything left.
func TestDemo(t *testing.T) {
	temp := t.TempDir()
	cmd, lines := startDemo(t, temp)
	seen := map[string]bool{}
	var printed strings.Builder
	for row := regexp.MustCompile(`tcp/10\.0\.1\.100:80 +(10\.0\.2\.1\d:8080) +\d+ +\d+ ms +\d+\.\d%$`); len(seen) < 3; {
		line, err := lines.ReadString('\n')
		printed.WriteString(line)
		if err != nil {
			t.Fatalf("%v, after\n%s", err, &printed)
		}
		if found := row.FindStringSubmatch(strings.TrimSpace(line)); found != nil {
			seen[found[1]] = true
		}
	}
	for link, want := range map[string]string{
		"exporter's metrics": `ipvs_server_weight{netns="",server="10.0.2.13:8080",service="tcp/10.0.1.100:80"} `,
		"tuner's metrics":    `weight_tuner_server_weight{netns="",server="10.0.2.13:8080",service="tcp/10.0.1.100:80"} `,
		"tuner's last plan":  "10.0.2.13:8080",
		"tuner's status":     "tcp/10.0.1.100:80",
		"weights, latencies": "<html",
	} {
		if got := body(t, address(t, printed.String(), link)); !strings.Contains(got, want) {
			t.Errorf("%s: no %s in\n%s", link, want, got)
		}
	}
	seeServers(t, address(t, printed.String(), "tuner's status"))
	awaitTargets(t, address(t, printed.String(), "weights, latencies"))
	if n := len(processes(t, temp)); n < 3 {
		t.Errorf("%d processes, want the demonstration's, Prometheus's and the lab's", n)
	}

	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(lines)
	if err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v, after\n%s", err, rest)
	}
	if left := processes(t, temp); len(left) > 0 {
		t.Errorf("processes left: %q", left)
	}
	if left, err := os.ReadDir(temp); len(left) > 0 || err != nil {
		t.Errorf("files left: %v, error %v", left, err)
	}
}

// startDemo builds and starts the demonstration in a process group of its own,
// like a shell, with its temporary files in temp.
func startDemo(t *testing.T, temp string) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, filepath.Join(build(t), "demo"), "--lab")
	cmd.Env = append(os.Environ(), "TMPDIR="+temp)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewReader(output)
}

// build returns the folder of the programs that it has built.
func build(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if err := labtest.Build(folder, "./cmd/ipvs-exporter", "./cmd/weight-tuner", "./lab/cmd/labtool", "./lab/cmd/demo"); err != nil {
		t.Fatal(err)
	}
	return folder
}

// address returns what was printed behind link.
func address(t *testing.T, printed, link string) string {
	t.Helper()
	for line := range strings.Lines(printed) {
		if url, found := strings.CutPrefix(strings.TrimSpace(line), link); found {
			return strings.TrimSpace(url)
		}
	}
	t.Fatalf("no address of %s in\n%s", link, printed)
	return ""
}

func body(t *testing.T, url string) string {
	t.Helper()
	answer, err := get(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// awaitTargets waits until Prometheus has scraped both programs.
func awaitTargets(t *testing.T, graphs string) {
	t.Helper()
	host, _, _ := strings.Cut(strings.TrimPrefix(graphs, "http://"), "/")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	pause := time.NewTicker(200 * time.Millisecond)
	defer pause.Stop()
	for {
		up := upTargets(t, body(t, "http://"+host+"/api/v1/targets"))
		if up["ipvs-exporter"] && up["weight-tuner"] {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("Prometheus has targets %v, want both up", up)
		case <-pause.C:
		}
	}
}

func upTargets(t *testing.T, answer string) map[string]bool {
	t.Helper()
	var targets struct {
		Data struct {
			ActiveTargets []struct {
				Labels struct{ Job string }
				Health string
			}
		}
	}
	if err := json.Unmarshal([]byte(answer), &targets); err != nil {
		t.Fatal(err)
	}
	up := map[string]bool{}
	for _, target := range targets.Data.ActiveTargets {
		up[target.Labels.Job] = target.Health == "up"
	}
	return up
}

// processes returns the command lines of those that were given temp for their
// temporary files.
func processes(t *testing.T, temp string) []string {
	t.Helper()
	environments, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range environments {
		environment, _ := os.ReadFile(file) // the process may have ended
		if strings.Contains(string(environment), "TMPDIR="+temp+"\x00") {
			command, _ := os.ReadFile(filepath.Join(filepath.Dir(file), "cmdline"))
			found = append(found, strings.ReplaceAll(string(command), "\x00", " "))
		}
	}
	return found
}
