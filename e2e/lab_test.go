//go:build lab

package e2e

import (
	"encoding/json"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab/traffic"
)

// TestMasquerading sends requests through a virtual service to three real
// servers and finds them in the kernel's counters.
func TestMasquerading(t *testing.T) {
	sh(t, "nat.sh 3")
	tests := []struct{ name, service, format string }{
		{"IPv4", "10.0.1.100:80", "10.0.2.1%d:8080"},
		{"IPv6", "[fd00:1::100]:80", "[fd00:2::1%d]:8080"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sh(t, `set -e
				director() { ip netns exec director "$@"; }
				director ipvsadm -A -t `+tt.service+` -s rr
				for i in 1 2 3; do director ipvsadm -a -t `+tt.service+` -m -r "$(printf '`+tt.format+`' $i)"; done`)
			got := load(t, "http://"+tt.service+"/", 30)
			if got.Requests != 30 || got.Errors != 0 {
				t.Errorf("%d requests, %d errors, want 30 and 0", got.Requests, got.Errors)
			}
			for _, server := range []string{"server1", "server2", "server3"} {
				if n := got.Servers[server].Requests; n != 10 {
					t.Errorf("%s answered %d requests, want 10", server, n)
				}
			}
			eventually(t, func() bool { return connections(t, tt.service) == 30 })
		})
	}
}

func load(t *testing.T, url string, requests int) traffic.Summary {
	t.Helper()
	output := sh(t, "ip netns exec client labtool load --rate=60 --requests="+strconv.Itoa(requests)+" "+url)
	var summary traffic.Summary
	if err := json.Unmarshal([]byte(output), &summary); err != nil {
		t.Fatalf("summary of load %q: %v", output, err)
	}
	return summary
}

// connections returns ipvsadm's count of a TCP service, which the kernel brings
// up to date every two seconds.
func connections(t *testing.T, service string) int {
	t.Helper()
	for line := range strings.Lines(sh(t, "ip netns exec director ipvsadm -Ln --stats --exact")) {
		if fields := strings.Fields(line); len(fields) > 2 && fields[0] == "TCP" && fields[1] == service {
			n, err := strconv.Atoi(fields[2])
			if err != nil {
				t.Fatalf("connections of %s: %v", service, err)
			}
			return n
		}
	}
	t.Fatalf("ipvsadm does not list %s", service)
	return 0
}

// sh runs a shell script and returns what it printed on standard output.
func sh(t *testing.T, script string) string {
	t.Helper()
	var stderr strings.Builder
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", script, err, output, stderr.String())
	}
	return string(output)
}

// eventually polls for as long as the kernel's counters may lag.
func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatal("not so after ten seconds")
		}
		time.Sleep(100 * time.Millisecond)
	}
}
