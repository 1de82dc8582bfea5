//go:build lab

package e2e

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// The marks of a Swarm's namespace get the names that a file, Docker, or else
// the addresses alone have, and servers those of their tasks; the file may
// change while the exporter runs, and break.
func TestNames(t *testing.T) {
	arrangeMarks(t)
	file := filepath.Join(t.TempDir(), "names.yaml")
	write(t, file, "services: {10.0.1.9: from-file}")
	serveDNS(t, "10.0.1.3", "10.0.1.77")
	e := startExporter(t, "", "--ipvs.netns=/run/netns/lb_fr0ntnet1", "--names.file="+file, "--docker.host="+serveDocker(t), "--names.dns")

	if table := sh(t, "weight-tuner table --format=json --ipvs.netns=/run/netns/lb_fr0ntnet1"); !strings.Contains(table, `"netns": "lb_fr0ntnet1"`) || !strings.Contains(table, `"fwm/257"`) {
		t.Errorf("weight-tuner shows of the namespace:\n%s", table)
	}

	named := map[string]string{
		"fwm/257": "shop", "10.0.1.3:0": "shop.1", "10.0.1.4:0": "shop.2",
		"fwm/258": "from-file", "fwm/259": "10.0.1.8",
	}
	e.awaitNames(t, named, 1)
	eventually(t, func() error { // 10.0.1.4 is in the table alone, 10.0.1.77 in DNS
		mismatch := ofService("dns_mismatch", "fwm/257")
		if got := e.all(t).of("lb_fr0ntnet1").text(mismatch); got != "2" {
			return fmt.Errorf("%s is %s, want 2", mismatch, got)
		}
		return nil
	})
	write(t, file, "services: {10.0.1.9: renamed, 10.0.1.8: now-named}")
	named["fwm/258"], named["fwm/259"] = "renamed", "now-named"
	e.awaitNames(t, named, 1)
	write(t, file, "services: {10.0.1.9: [}")
	e.awaitNames(t, named, 0)
	write(t, file, "servers: {10.0.1.3: mended}")
	sh(t, "kill -HUP $(pidof ipvs-exporter)")
	named["fwm/258"], named["fwm/259"], named["10.0.1.3:0"] = "10.0.1.9", "10.0.1.8", "mended"
	e.awaitNames(t, named, 1)
}

// arrangeMarks makes a namespace as Docker does for the network in
// names/testdata/docker that is called front, and two services besides.
func arrangeMarks(t *testing.T) {
	t.Helper()
	sh(t, "modprobe ip_vs; ip netns add lb_fr0ntnet1")
	t.Cleanup(func() { sh(t, "ip netns del lb_fr0ntnet1") })
	shIn(t, "lb_fr0ntnet1", `
		ip link set lo up
		iptables -t mangle -A INPUT -d 10.0.1.2/32 -j MARK --set-mark 0x101
		iptables -t mangle -A INPUT -d 10.0.1.9/32 -j MARK --set-mark 0x102
		iptables -t mangle -A INPUT -d 10.0.1.8/32 -j MARK --set-mark 0x103`)
	ipvsadm(t, "lb_fr0ntnet1", `
		-A -f 257 -s rr
		-a -f 257 -r 10.0.1.3:0 -m
		-a -f 257 -r 10.0.1.4:0 -m
		-A -f 258 -s rr
		-A -f 259 -s rr`)
}

// serveDocker returns the host of an engine that gives the answers in
// names/testdata/docker.
func serveDocker(t *testing.T) string {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "docker.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Api-Version", "1.44")
		if r.URL.Path != "/_ping" {
			http.ServeFile(w, r, filepath.Join("/lab/docker", filepath.Base(r.URL.Path)+".json"))
		}
	})}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return "unix://" + socket
}

// serveDNS answers on the port of name servers, which is where programs ask
// that are told of none, that tasks.shop has these addresses, and all others
// none.
func serveDNS(t *testing.T, addresses ...string) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:53")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		packet := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(packet)
			if err != nil {
				return
			}
			if answer, err := resolve(packet[:n], addresses); err == nil {
				_, _ = conn.WriteTo(answer, from)
			}
		}
	}()
}

func resolve(query []byte, addresses []string) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(query); err != nil {
		return nil, err
	}
	m.Response, m.Additionals = true, nil
	if m.Questions[0].Name.String() != "tasks.shop." {
		m.RCode, addresses = dnsmessage.RCodeNameError, nil
	}
	for _, a := range addresses {
		m.Answers = append(m.Answers, dnsmessage.Resource{
			Header: dnsmessage.ResourceHeader{Name: m.Questions[0].Name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET},
			Body:   &dnsmessage.AResource{A: netip.MustParseAddr(a).As4()},
		})
	}
	return m.Pack()
}

// awaitNames waits for exactly these names, by service or server, and for the
// file to be as it is said to be.
func (e exporter) awaitNames(t *testing.T, want map[string]string, fileWorks float64) {
	t.Helper()
	info := regexp.MustCompile(`(?m)^ipvs_(?:service|server)_info{.*name="([^"]+)".*?(?:server|,service)="([^"]+)"`)
	eventually(t, func() error {
		page := get(t, e.namespace, exporterMetrics)
		got := map[string]string{}
		for _, match := range info.FindAllStringSubmatch(page, -1) {
			got[match[2]] = match[1]
		}
		if !maps.Equal(got, want) {
			return fmt.Errorf("named %v, want %v", got, want)
		}
		if scrape(t, e.namespace, exporterMetrics, "ipvs_names")[`ipvs_names_source_success{source="file"}`] != fileWorks {
			return errors.New("the file's state is another")
		}
		return nil
	})
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
