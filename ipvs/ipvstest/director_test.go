package ipvstest_test

import (
	"errors"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs/ipvstest"
)

func TestDirectorConforms(t *testing.T) {
	ipvstest.Conform(t, func(_ *testing.T, services []ipvs.VirtualService) ipvstest.Client {
		d := ipvstest.NewDirector()
		for _, s := range services {
			d.AddService(s)
		}
		return d
	})
}

func TestDirectorFails(t *testing.T) {
	d := ipvstest.NewDirector()
	s := ipvstest.Services()[0]
	d.AddService(s)
	d.Fail(ipvs.ErrNotSupported)
	if _, err := d.Table(); !errors.Is(err, ipvs.ErrNotSupported) {
		t.Errorf("Table: %v", err)
	}
	d.Fail(nil)
	d.FailEdits(s.Servers[0].ID, ipvs.ErrNotPermitted)
	edit := ipvs.Edit{Weight: new(uint32(9))}
	results := d.EditServers(s.ID, []ipvs.ServerEdit{{Server: s.Servers[0].ID, Edit: edit}, {Server: s.Servers[1].ID, Edit: edit}})
	if err := results[0].Err; !errors.Is(err, ipvs.ErrNotPermitted) {
		t.Errorf("edit: %v", err)
	}
	if err := results[1].Err; err != nil || d.Writes() != 1 {
		t.Errorf("edit of another: %v, %d writes", err, d.Writes())
	}
}
