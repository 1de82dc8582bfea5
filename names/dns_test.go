package names

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// resolver returns one that asks a server on a port of this machine, which
// knows the addresses of some hosts, as "tasks.shop.", fails for "broken" ones
// and for the others says that there are none.
func resolver(t *testing.T, hosts map[string][]string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		buffer := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return // closed
			}
			if reply, err := resolve(buffer[:n], hosts); err == nil {
				_, _ = conn.WriteTo(reply, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// resolve returns the reply to a query.
func resolve(query []byte, hosts map[string][]string) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(query); err != nil {
		return nil, err
	}
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	q := m.Questions[0]
	addresses, known := hosts[q.Name.String()]
	switch {
	case strings.Contains(q.Name.String(), "broken"):
		m.RCode = dnsmessage.RCodeServerFailure
	case !known:
		m.RCode = dnsmessage.RCodeNameError
	}
	for _, text := range addresses {
		if body := record(netip.MustParseAddr(text), q.Type); body != nil {
			header := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: body})
		}
	}
	return m.Pack()
}

// record returns a record of the type, nil where the address is of another.
func record(a netip.Addr, kind dnsmessage.Type) dnsmessage.ResourceBody {
	switch {
	case a.Is4() && kind == dnsmessage.TypeA:
		return &dnsmessage.AResource{A: a.As4()}
	case a.Is6() && kind == dnsmessage.TypeAAAA:
		return &dnsmessage.AAAAResource{AAAA: a.As16()}
	}
	return nil
}

func TestDNS(t *testing.T) {
	d := newDNS(resolver(t, map[string][]string{
		"tasks.shop.": {"10.0.1.4", "fd00::3", "10.0.1.3"},
		"shop.":       {"10.0.1.2"},
	}).LookupNetIP)
	tests := []struct {
		name, service string
		family        ipvs.Family
		want          []string
		ok            bool
	}{
		{"no such name", "nobody", ipvs.IPv4, nil, false},
		{"resolver fails", "broken", ipvs.IPv4, nil, false},
		{"no name", "", ipvs.IPv4, nil, false},
		{"an address for a name", "10.0.1.2", ipvs.IPv4, nil, false},
		{"IPv4", "shop", ipvs.IPv4, []string{"10.0.1.3", "10.0.1.4"}, true},
		{"IPv6", "shop", ipvs.IPv6, []string{"fd00::3"}, true},
	}
	for _, test := range tests {
		if got, ok := d.Addresses(test.service, test.family); ok {
			t.Errorf("%s: %v before anything was resolved", test.name, got)
		}
	}
	if err := d.refresh(t.Context()); err == nil || !strings.Contains(err.Error(), "tasks.broken") {
		t.Errorf("error %v, want one of tasks.broken", err)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := d.Addresses(test.service, test.family)
			var texts []string
			for _, a := range got {
				texts = append(texts, a.String())
			}
			if !slices.Equal(texts, test.want) || ok != test.ok {
				t.Errorf("got %v, %v, want %v, %v", texts, ok, test.want, test.ok)
			}
		})
	}
	if len(d.known) != 4 {
		t.Errorf("%d questions are kept, want 4", len(d.known))
	}
}

// What scrapes ask for is resolved at once, then every now and then, and only
// as long as they ask.
func TestDNSForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lookups atomic.Int32
		d := newDNS(func(context.Context, string, string) ([]netip.Addr, error) {
			lookups.Add(1)
			return []netip.Addr{netip.MustParseAddr("::ffff:10.0.1.3")}, nil
		})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go every(ctx, dnsInterval, d.asked, newStatus(SourceDNS, nil), d.refresh)
		synctest.Wait()
		d.Addresses("shop", ipvs.IPv4)
		synctest.Wait()
		if _, ok := d.Addresses("shop", ipvs.IPv4); !ok {
			t.Error("not resolved at once")
		}
		time.Sleep(dnsForgets - time.Second)
		if got, ok := d.Addresses("shop", ipvs.IPv4); !ok || got[0] != netip.MustParseAddr("10.0.1.3") {
			t.Errorf("got %v, %v", got, ok)
		}
		time.Sleep(dnsForgets + dnsInterval + time.Second)
		if _, ok := d.Addresses("shop", ipvs.IPv4); ok {
			t.Error("still resolved, though nobody had asked")
		}
		if got, want := lookups.Load(), int32(2*dnsForgets/dnsInterval); got != want {
			t.Errorf("%d lookups, want %d", got, want)
		}
	})
}

// One name server that does not answer holds nothing up for longer than the
// time for all names.
func TestDNSTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDNS(func(ctx context.Context, _, _ string) ([]netip.Addr, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})
		for i := range 3 * dnsParallel {
			d.Addresses(strings.Repeat("x", i+1), ipvs.IPv4)
		}
		start := time.Now()
		if err := d.refresh(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		if took := time.Since(start); took != dnsTimeout {
			t.Errorf("took %v, want %v", took, dnsTimeout)
		}
	})
}
