//go:build lab

package e2e

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs/ipvstest"
)

func TestKernelConforms(t *testing.T) {
	ipvstest.Conform(t, func(t *testing.T, services []ipvs.VirtualService) ipvstest.Client {
		return openDirector(t, services)
	})
}

// openDirector returns a client of a fresh director with the given services.
func openDirector(t *testing.T, services []ipvs.VirtualService) *ipvs.Client {
	t.Helper()
	enterNetns(t)
	restore(t, services)
	c := ipvs.NewClient(ipvs.Options{Source: ipvs.Netlink})
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// ipvstestTable returns the table of a director in memory to which the
// services were added.
func ipvstestTable(services []ipvs.VirtualService) *ipvs.Table {
	d := ipvstest.NewDirector()
	for _, s := range services {
		d.AddService(s)
	}
	table, err := d.Table()
	if err != nil {
		panic(err) // a director in memory does not fail unless told to
	}
	return table
}

// What /proc says is what netlink says, as far as /proc goes.
func TestProcAgreesWithNetlink(t *testing.T) {
	c := openDirector(t, ipvstest.Services())
	want, err := c.Table()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ipvs.NewClient(ipvs.Options{Source: ipvs.Procfs}).Table()
	if err != nil {
		t.Fatal(err)
	}
	reduceToProc(want)
	markWithoutServersIsIPv4(want)
	sortServices(got)
	sortServices(want)
	if !reflect.DeepEqual(got.Director, want.Director) || !reflect.DeepEqual(got.Services, want.Services) {
		t.Errorf("/proc has\n%+v\nnetlink without what /proc lacks\n%+v", got, want)
	}
}

// reduceToProc drops what [ipvs.Procfs] says is missing.
func reduceToProc(t *ipvs.Table) {
	t.Source = ipvs.Procfs
	t.Director.Timeouts = ipvs.Timeouts{}
	for i := range t.Services {
		s := &t.Services[i]
		s.Flags &= ipvs.FlagPersistent | ipvs.FlagOnePacket
		if s.ID.Mark == 0 && s.ID.Family() == ipvs.IPv6 {
			s.Flags &^= ipvs.FlagOnePacket // never printed there
		}
		s.Engine, s.Stats = "", ipvs.Stats{}
		for j := range s.Servers {
			r := &s.Servers[j]
			r.Tunnel, r.UpperThreshold, r.LowerThreshold = ipvs.Tunnel{}, 0, 0
			r.PersistentConnections, r.Stats = 0, ipvs.Stats{}
		}
		if len(s.Servers) == 0 {
			s.Servers = nil
		}
	}
}

func markWithoutServersIsIPv4(t *ipvs.Table) {
	for i := range t.Services {
		if s := &t.Services[i]; s.ID.Mark != 0 && len(s.Servers) == 0 {
			s.ID.MarkFamily = ipvs.IPv4
		}
	}
}

func sortServices(t *ipvs.Table) {
	slices.SortFunc(t.Services, func(a, b ipvs.VirtualService) int { return a.ID.Compare(b.ID) })
}

// A table that ipvsadm restores from what was saved is the same table.
func TestSaveRestores(t *testing.T) {
	c := openDirector(t, ipvstest.Services())
	before, err := c.Table()
	if err != nil {
		t.Fatal(err)
	}
	sh(t, "ipvsadm -C")
	if empty, err := c.Table(); err != nil || len(empty.Services) != 0 {
		t.Fatalf("after ipvsadm -C: %+v, %v", empty, err)
	}
	restoreTable(t, before)
	after, err := c.Table()
	if err != nil {
		t.Fatal(err)
	}
	sortServices(before)
	sortServices(after)
	if !reflect.DeepEqual(after.Services, before.Services) {
		t.Errorf("restored\n%+v\nsaved\n%+v", after.Services, before.Services)
	}
}

func TestNotPermitted(t *testing.T) {
	openDirector(t, nil)
	dropNetAdmin(t)
	if _, err := ipvs.NewClient(ipvs.Options{Source: ipvs.Netlink}).Table(); !errors.Is(err, ipvs.ErrNotPermitted) {
		t.Errorf("error %v, want %v", err, ipvs.ErrNotPermitted)
	}
	if _, err := ipvs.NewClient(ipvs.Options{Source: ipvs.Procfs}).Table(); err != nil {
		t.Errorf("/proc: %v", err)
	}
}
