//go:build lab

package e2e

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// words are what ipvsadm prints of services and servers that is not a number.
func (e expected) words(t *testing.T, names map[string]string) {
	l := e.listing("--tun-info")
	for id, fields := range l.services {
		e.serviceWords(t, id, names[id], fields)
	}
	for id, fields := range l.servers {
		e.serverWords(t, id, fields)
	}
}

// serviceWords reads fields like
// mh (mh-fallback,mh-port) persistent 60 mask 255.255.255.0 pe sip ops
func (e expected) serviceWords(t *testing.T, id, name string, fields []string) {
	after := func(word string) string {
		if i := slices.Index(fields, word); i >= 0 {
			return fields[i+1]
		}
		return ""
	}
	flags := ""
	if len(fields) > 1 && strings.HasPrefix(fields[1], "(") {
		flags = strings.Trim(fields[1], "()")
	}
	if timeout := after("persistent"); timeout != "" {
		e.samples[ofService("persistence_timeout_seconds", id)] = number(t, timeout)
	}
	labels := append(identity(t, id), "service", id,
		"scheduler", fields[0], "scheduler_flags", flags, "pe", after("pe"),
		"persistent", strconv.FormatBool(after("persistent") != ""), "netmask", after("mask"),
		"one_packet", strconv.FormatBool(slices.Contains(fields, "ops")), "name", name)
	e.set(1, "ipvs_service_info", labels...)
}

// identity takes apart names like tcp/10.0.0.1:80 and fwm6/258.
func identity(t *testing.T, id string) []string {
	family := map[bool]string{true: "ipv4", false: "ipv6"}
	proto, rest, _ := strings.Cut(id, "/")
	if strings.HasPrefix(proto, "fwm") {
		return []string{"proto", "", "address", "", "port", "", "fwmark", rest, "family", family[proto == "fwm"]}
	}
	address, err := netip.ParseAddrPort(rest)
	if err != nil {
		t.Fatal(err)
	}
	return []string{
		"proto", proto, "address", address.Addr().String(), "port", strconv.Itoa(int(address.Port())),
		"fwmark", "", "family", family[address.Addr().Is4()],
	}
}

// serverWords reads fields like Tunnel gue:6080:-c and Masq n/a.
func (e expected) serverWords(t *testing.T, id [2]string, fields []string) {
	kind, port, checksum := tunnel(fields[1])
	if checksum != "" {
		e.set(1, "ipvs_server_tunnel_info", "service", id[0], "server", id[1], "checksum", checksum)
	}
	address, err := netip.ParseAddrPort(id[1])
	if err != nil {
		t.Fatal(err)
	}
	e.set(1, "ipvs_server_info", "service", id[0], "server", id[1],
		"address", address.Addr().String(), "port", strconv.Itoa(int(address.Port())),
		"forward", strings.ToLower(fields[0]), "tunnel_type", kind, "tunnel_port", port, "name", "")
}

// tunnel takes apart gue:6080:-c, gre:+c and ipip; n/a is none.
func tunnel(text string) (kind, port, checksum string) {
	parts := strings.Split(text, ":")
	switch len(parts) {
	case 2:
		checksum = parts[1]
	case 3:
		port, checksum = parts[1], parts[2]
	}
	names := map[string]string{"-c": "nocsum", "+c": "csum", "r+c": "remcsum"}
	return strings.TrimSuffix(parts[0], "n/a"), port, names[checksum]
}
