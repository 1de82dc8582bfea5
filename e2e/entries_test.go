//go:build lab

package e2e

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/director"
)

// unused is the port by which the kernel marks a template that is used no more.
const unused = 65535

// expectEqualEntries wants both connection tables to be equal: each connection
// at the same real server, in the same state, and as long to live. Those of
// the addresses that others have are left aside.
func (w *twin) expectEqualEntries(ours func(director.Entry) bool) {
	w.Helper()
	w.patiently(func() []string {
		kernel := slices.DeleteFunc(w.kernelEntries(), func(e director.Entry) bool { return !ours(e) })
		simulated := slices.DeleteFunc(w.simulated.Connections(w.now()), func(e director.Entry) bool { return !ours(e) })
		return differentEntries(keyed(kernel), keyed(simulated))
	})
}

// keyed makes entries comparable. Several templates that are used no more may
// have the same addresses; they are told apart by when they end.
func keyed(entries []director.Entry) map[string]director.Entry {
	slices.SortFunc(entries, func(a, b director.Entry) int { return cmp.Compare(a.Expires, b.Expires) })
	m := map[string]director.Entry{}
	for _, e := range entries {
		if e.Template {
			e.State = ""
		}
		if e.Protocol == 0 { // the kernel prints a mark as no address
			e.To = netip.AddrPort{}
		}
		key := fmt.Sprintf("%d %s %s %s", e.Protocol, e.Client, e.To, e.Server.Addr())
		for _, taken := m[key]; taken; _, taken = m[key] {
			key += " again"
		}
		m[key] = e
	}
	return m
}

func differentEntries(kernel, simulated map[string]director.Entry) []string {
	var lines []string
	for key, k := range kernel {
		s, found := simulated[key]
		switch {
		case !found:
			lines = append(lines, fmt.Sprintf("kernel only     %s %s", key, k.State))
		case k.State != s.State, k.Template != s.Template, (k.Expires - s.Expires).Abs() > 3*time.Second:
			lines = append(lines, fmt.Sprintf("%s: kernel %s %s, simulation %s %s", key, k.State, k.Expires, s.State, s.Expires))
		}
	}
	for key, s := range simulated {
		if _, found := kernel[key]; !found {
			lines = append(lines, fmt.Sprintf("simulation only %s %s", key, s.State))
		}
	}
	slices.Sort(lines)
	return lines
}

// kernelEntries reads the director's connection table.
func (w *twin) kernelEntries() []director.Entry {
	w.Helper()
	var text []byte
	err := inNetns("director", func() (err error) {
		text, err = os.ReadFile("/proc/thread-self/net/ip_vs_conn")
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	var entries []director.Entry
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		e, err := parseEntry(strings.Fields(line))
		if err != nil {
			w.Fatalf("%s: %v", line, err)
		}
		entries = append(entries, e)
	}
	return entries
}

// parseEntry reads a line: protocol, client, its port, to, its port, server,
// its port, state, and seconds to live. Numbers are hexadecimal but for the
// last.
func parseEntry(fields []string) (director.Entry, error) {
	e := director.Entry{State: strings.ToLower(fields[7])}
	e.Protocol = map[string]ipvs.Protocol{"TCP": ipvs.TCP, "UDP": ipvs.UDP, "SCTP": ipvs.SCTP}[fields[0]]
	var err error
	endpoint := func(at int) netip.AddrPort {
		address, addressErr := parseHexAddress(fields[at])
		port, portErr := strconv.ParseUint(fields[at+1], 16, 16)
		if addressErr != nil {
			err = addressErr
		} else if portErr != nil {
			err = portErr
		}
		return netip.AddrPortFrom(address, uint16(port))
	}
	e.Client, e.To = endpoint(1), endpoint(3)
	e.Server = ipvs.ServerID{AddrPort: endpoint(5)}
	e.Template = e.Client.Port() == 0
	if e.Template && e.Server.Port() == unused { // Linux 7.1 and later leave the other one as it was
		e.To = netip.AddrPortFrom(e.To.Addr(), unused)
	}
	seconds, secondsErr := strconv.Atoi(fields[8])
	e.Expires = time.Duration(seconds) * time.Second
	if err == nil {
		err = secondsErr
	}
	return e, err
}

func parseHexAddress(text string) (netip.Addr, error) {
	if strings.Contains(text, ":") {
		return netip.ParseAddr(text)
	}
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != 4 {
		return netip.Addr{}, fmt.Errorf("%q is no address", text)
	}
	return netip.AddrFrom4([4]byte(b)), nil
}
