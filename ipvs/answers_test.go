package ipvs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is read of each kernel's answers is what ipvsadm printed in the same
// moment, which stands beside.
func TestCapturedAnswers(t *testing.T) {
	for _, folder := range captures {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			table := &Table{Source: Netlink, Director: capturedDirector(t, folder)}
			for _, message := range capturedMessages(t, folder, "services") {
				var s VirtualService
				if err := parseService(&s, message, names{}); err != nil {
					t.Fatal(err)
				}
				table.Services = append(table.Services, s)
			}
			for i := range table.Services {
				s := &table.Services[i]
				s.Servers = capturedServers(t, folder, i+1, s.ID.Family())
			}
			var b strings.Builder
			describeTable(&b, table)
			compareGolden(t, filepath.Join(folder, "netlink.golden"), withoutZeros(b.String()))
		})
	}
}

func capturedDirector(t *testing.T, folder string) Director {
	t.Helper()
	var d Director
	err := parseInfo(capturedMessages(t, folder, "info")[0], &d)
	if err != nil {
		t.Fatal(err)
	}
	if d.Timeouts, err = parseTimeouts(capturedMessages(t, folder, "config")[0]); err != nil {
		t.Fatal(err)
	}
	for _, message := range capturedMessages(t, folder, "daemons") {
		daemon, err := parseDaemon(message, names{})
		if err != nil {
			t.Fatal(err)
		}
		d.SyncDaemons = append(d.SyncDaemons, daemon)
	}
	return d
}

func capturedServers(t *testing.T, folder string, number int, family Family) []RealServer {
	t.Helper()
	another := RealServer{Forward: 7, Tunnel: Tunnel{1, 2, 3}, Weight: 4, UpperThreshold: 5, LowerThreshold: 6, ActiveConnections: 7,
		InactiveConnections: 8, PersistentConnections: 9, Stats: narrowStats}
	var servers []RealServer
	for _, message := range capturedMessages(t, folder, fmt.Sprintf("servers-%d", number)) {
		s := another
		if err := parseServer(&s, message, family); err != nil {
			t.Fatal(err)
		}
		if m := (*serverLayout)(message); len(message) != len(m) || !m.holds() {
			t.Error("a real server is not laid out as kernels do it")
		}
		servers = append(servers, s)
	}
	return servers
}

// capturedMessages returns the attributes of each message of an answer.
func capturedMessages(t testing.TB, folder, name string) [][]byte {
	t.Helper()
	var all [][]byte
	m := messages{rest: captured(t, folder, name)}
	for m.next() && m.kind != messageDone {
		all = append(all, m.body[genericHeader:])
	}
	if m.err != nil {
		t.Fatalf("%s/%s: %v", folder, name, m.err)
	}
	return all
}

func captured(t testing.TB, folder, name string) []byte {
	t.Helper()
	datagrams, err := os.ReadFile(filepath.Join(folder, "netlink", name))
	if err != nil {
		t.Fatal(err)
	}
	return datagrams
}
