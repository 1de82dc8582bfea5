//go:build lab

package e2e

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"

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
			eventually(t, func() error {
				if n := connections(t, tt.service); n != 30 {
					return fmt.Errorf("%d connections, want 30", n)
				}
				return nil
			})
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
	columns, found := list(t, "director", "--stats --exact").services["tcp/"+service]
	if !found {
		t.Fatalf("ipvsadm does not list %s", service)
	}
	return int(number(t, columns[0]))
}
