package names

import (
	"errors"
	"net/netip"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

func TestParseMistakes(t *testing.T) {
	const known = "known here: netns, servers, services"
	tests := []struct {
		name, text string
		want       []string
	}{
		{"empty", "", []string{"f:1: the file is empty"}},
		{"only a comment", "# nothing\n", []string{"f:1: the file is empty"}},
		{"null", "null\n", []string{"f:1: the file is empty"}},
		{"second document", "services: {}\n---\nservers: {}\n", []string{"f:2: a second document begins here; one is read"}},
		{"syntax", "services: [1\nservers: 2", []string{"f:2: did not find expected ',' or ']'"}},
		{"not a mapping", "- 1\n", []string{"f:1: is not a mapping of keys to values"}},
		{"key not a word", "? [a]\n: b\n", []string{"f:1: a key is not a word"}},
		{"unknown key", "services: {}\nnames: {}\n", []string{"f:2: names: unknown key, " + known}},
		{"key twice", "services: {}\nservices: {}\n", []string{"f:2: services: is there twice, first in line 1"}},
		{"services without a value", "services:\n", []string{"f:1: services: is not a mapping of keys to values"}},
		{"several", "services:\n  a: b\n  10.0.0.1:\nx: y\n", []string{
			`f:2: services.a: neither an address nor an identity: virtual service "a": want PROTO/ADDRESS:PORT, fwm/MARK or fwm6/MARK`,
			"f:3: services.10.0.0.1: has no name",
			"f:4: x: unknown key, " + known}},
		{"identity twice", "services:\n  tcp/10.0.0.1:80: a\n  tcp/10.0.0.1:80: b\n", []string{
			"f:3: services.tcp/10.0.0.1:80: is there twice, first in line 2"}},
		{"identity not canonical", "services:\n  tcp/10.0.0.1:080: a\n", []string{
			`f:2: services.tcp/10.0.0.1:080: neither an address nor an identity: virtual service "tcp/10.0.0.1:080": write it tcp/10.0.0.1:80`}},
		{"mark in hexadecimal", "services: {fwm/0x102: a}\n", []string{
			`f:1: services.fwm/0x102: neither an address nor an identity: virtual service "fwm/0x102": "0x102" is not a firewall mark from 1 to 4294967295`}},
		{"service among the servers", "servers: {'tcp/10.0.0.1:80': a}\n", []string{
			`f:1: servers.tcp/10.0.0.1:80: neither an address nor an identity: real server "tcp/10.0.0.1:80" is not ADDRESS:PORT`}},
		{"address not canonical", "servers: {'2001:DB8::1': a}\n", []string{"f:1: servers.2001:DB8::1: write it 2001:db8::1"}},
		{"address with a zone", "servers: {'fe80::1%eth0': a}\n", []string{"f:1: servers.fe80::1%eth0: IPVS addresses have no zone"}},
		{"empty name", "servers: {10.0.0.1: ''}\n", []string{"f:1: servers.10.0.0.1: has no name"}},
		{"null name", "servers: {10.0.0.1: ~}\n", []string{"f:1: servers.10.0.0.1: has no name"}},
		{"number for a name", "servers: {10.0.0.1: 7}\n", []string{"f:1: servers.10.0.0.1: 7 is not a text; quote it if it is meant as one"}},
		{"mapping for a name", "servers: {10.0.0.1: {a: b}}\n", []string{"f:1: servers.10.0.0.1: is not a name"}},
		{"control character", `servers: {10.0.0.1: "a\nb"}`, []string{`f:1: servers.10.0.0.1: "a\nb" has characters that cannot be shown`}},
		{"not UTF-8", "servers:\n  10.0.0.1: \xff\n", []string{"f:2: is not UTF-8"}},
		{"path of a namespace", "netns:\n  /run/netns/a: {}\n", []string{"f:2: netns./run/netns/a: a network namespace goes by the last part of its file's path"}},
		{"mistake in a namespace", "netns: {a: {services: {x: y}, netns: {}}}\n", []string{
			"f:1: netns.a.netns: unknown key, known here: servers, services",
			`f:1: netns.a.services.x: neither an address nor an identity: virtual service "x": want PROTO/ADDRESS:PORT, fwm/MARK or fwm6/MARK`}},
		{"merge key", "netns: {a: {<<: {services: {}}}}\n", []string{"f:1: netns.a.<<: unknown key, known here: servers, services"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, err := Parse("f", strings.NewReader(test.text))
			var mistakes *FileError
			if !errors.As(err, &mistakes) {
				t.Fatalf("got %+v and error %v", f, err)
			}
			if got := mistakes.Lines(); !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

func TestFileErrorIsOneLine(t *testing.T) {
	_, err := Parse("f", strings.NewReader("a: 1\nb: 2\n"))
	want := "f:1: a: unknown key, known here: netns, servers, services (and 1 more)"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestParseUnreadable(t *testing.T) {
	broken := errors.New("broken")
	if _, err := Parse("f", iotest.ErrReader(broken)); !errors.Is(err, broken) || err.Error() != "read f: broken" {
		t.Errorf("got %v", err)
	}
}

func TestParse(t *testing.T) {
	const text = `
services:
  tcp/10.0.0.1:80: shop
  udp/[2001:db8::1]:53: &dns dns
  fwm6/7: *dns
  10.0.0.5: "Überweisung 7"
  2001:db8::5: six
servers:
  10.0.0.2:80: web-1
  "10.0.0.3": web-2
netns:
  "": {servers: {10.0.0.3: own}}
  be7330b99a27: {services: {fwm/258: shop}}
  idle: {}
`
	got, err := Parse("f", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	want := &File{newScope(), map[string]scope{"": newScope(), "be7330b99a27": newScope(), "idle": newScope()}}
	want.everywhere.services[serviceID("tcp/10.0.0.1:80")] = "shop"
	want.everywhere.services[serviceID("udp/[2001:db8::1]:53")] = "dns"
	want.everywhere.services[serviceID("fwm6/7")] = "dns"
	want.everywhere.serviceAddresses[netip.MustParseAddr("10.0.0.5")] = "Überweisung 7"
	want.everywhere.serviceAddresses[netip.MustParseAddr("2001:db8::5")] = "six"
	want.everywhere.servers[serverID("10.0.0.2:80")] = "web-1"
	want.everywhere.serverAddresses[netip.MustParseAddr("10.0.0.3")] = "web-2"
	want.netns[""].serverAddresses[netip.MustParseAddr("10.0.0.3")] = "own"
	want.netns["be7330b99a27"].services[serviceID("fwm/258")] = "shop"
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

// Whatever the bytes, parsing ends, and takes only identities that print as
// they are written and names that can be shown.
func FuzzParse(f *testing.F) {
	example, err := os.ReadFile("../examples/names.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(example))
	f.Add("services: {tcp/10.0.0.1:80: shop, 10.0.0.5: api}\nservers:\n  10.0.0.2:80: web-1\nnetns: {a: {services: {fwm/258: shop}}}\n")
	f.Add("a: &a\n  b: *a\n")
	f.Add("servers: {10.0.0.1: \"\\uD800\"}\n---\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Parse("f", strings.NewReader(text))
		if err != nil {
			if !errors.As(err, new(*FileError)) {
				t.Errorf("error %v names no mistake", err)
			}
			return
		}
		for id := range file.everywhere.services {
			if id != serviceID(id.String()) {
				t.Errorf("identity %s is another when read again", id)
			}
		}
		for _, name := range file.everywhere.serverAddresses {
			if name == "" || !utf8.ValidString(name) {
				t.Errorf("name %q", name)
			}
		}
	})
}

func serviceID(text string) ipvs.ServiceID {
	id, err := ipvs.ParseServiceID(text)
	if err != nil {
		panic(err)
	}
	return id
}

func serverID(text string) ipvs.ServerID {
	id, err := ipvs.ParseServerID(text)
	if err != nil {
		panic(err)
	}
	return id
}
