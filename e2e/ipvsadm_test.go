//go:build lab

package e2e

import (
	"os/exec"
	"strings"
	"testing"
)

// listing is what one form of ipvsadm -L prints: the columns of virtual
// services and real servers, by the names that the module has for them.
type listing struct {
	services map[string][]string
	servers  map[[2]string][]string // by service and server
	order    map[string][]string    // the servers of a service, as the kernel has them
}

// list runs ipvsadm -Ln with the given options in a network namespace.
func list(t *testing.T, namespace, options string) listing {
	t.Helper()
	return parseListing(shIn(t, namespace, "ipvsadm -Ln --nosort "+options))
}

func parseListing(text string) listing {
	l := listing{map[string][]string{}, map[[2]string][]string{}, map[string][]string{}}
	service := ""
	for i, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		switch {
		case i < 3 || len(fields) == 0: // headings
		case fields[0] == "->":
			l.servers[[2]string{service, fields[1]}] = fields[2:]
			l.order[service] = append(l.order[service], fields[1])
		case fields[0] == "FWM" && len(fields) > 2 && fields[2] == "IPv6":
			service = "fwm6/" + fields[1]
			l.services[service] = fields[3:]
		case fields[0] == "FWM":
			service = "fwm/" + fields[1]
			l.services[service] = fields[2:]
		default:
			service = strings.ToLower(fields[0]) + "/" + fields[1]
			l.services[service] = fields[2:]
		}
	}
	return l
}

// ipvsadm has ipvsadm -R carry out commands, a line each, in a network
// namespace.
func ipvsadm(t testing.TB, namespace, commands string) {
	t.Helper()
	var out []byte
	err := inNetns(namespace, func() (err error) {
		cmd := exec.Command("ipvsadm", "-R")
		cmd.Stdin = strings.NewReader(commands)
		out, err = cmd.CombinedOutput()
		return err
	})
	if err != nil || len(out) > 0 { // its status alone does not tell
		t.Fatalf("ipvsadm -R: %v\n%s\n%s", err, out, commands)
	}
}
