//go:build lab

package e2e

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab/labtest"
)

// The page that leads from ipvsadm to metrics quotes every heading that
// ipvsadm prints, and every option of it that changes what is printed.
func TestHeadingsAreDocumented(t *testing.T) {
	arrangeEveryKind(t)
	sh(t, "ip link add lan0 type dummy && ip link set lan0 up multicast on && ip addr add 10.0.3.1/24 dev lan0")
	sh(t, "ipvsadm -d -t [fd00:1::100]:80 -r 10.0.2.11:80") // of another family than its service: not with a sync daemon
	sh(t, "ipvsadm --start-daemon master --mcast-interface lan0 --syncid 7")
	page, err := os.ReadFile(labtest.Folder() + "/docs/ipvsadm.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := blanksJoined(string(page))
	size := regexp.MustCompile(`\(size=\d+\)`) // Linux 7.1 and later begin with 256
	headings := 0
	for _, option := range []string{
		"", "--stats", "--rate", "--thresholds", "--persistent-conn", "--tun-info", "--timeout", "--daemon", "--connection",
	} {
		if !strings.Contains(documented, option) {
			t.Errorf("%s is not documented", option)
		}
		for line := range strings.Lines(sh(t, "ipvsadm -L -n "+option)) {
			if line = blanksJoined(line); isHeading(line) {
				headings++
				line = size.ReplaceAllString(line, "(size=4096)")
				if !strings.Contains(documented, line) {
					t.Errorf("ipvsadm -L %s prints %q, which is not documented", option, line)
				}
			}
		}
	}
	if headings < 15 {
		t.Errorf("only %d headings are printed", headings)
	}
}

// isHeading reports whether a line is the same whatever the table.
func isHeading(line string) bool {
	for _, heading := range []string{"IP Virtual", "Prot ", "-> RemoteAddress", "Timeout ", "master ", "IPVS ", "pro "} {
		if strings.HasPrefix(line, heading) {
			return true
		}
	}
	return false
}

func blanksJoined(text string) string { return strings.Join(strings.Fields(text), " ") }
