package ipvstest

import (
	"reflect"
	"slices"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

func conformSchedulers(t *testing.T, c Client) {
	for _, s := range Services() {
		for _, to := range []ipvs.Scheduling{
			{Scheduler: "wrr"},
			{Scheduler: "sh", Flags: ipvs.FlagScheduler1 | ipvs.FlagScheduler2},
			{Scheduler: "sh", Flags: ipvs.FlagScheduler2},
			{Scheduler: "wlc"},
			{Scheduler: "mh", Flags: ipvs.FlagScheduler1},
			{Scheduler: "none"},
			s.Scheduling(),
		} {
			conformScheduler(t, c, s.ID, to)
		}
	}
}

// conformScheduler sets a scheduler twice: the first changes that and nothing
// else, the second writes nothing.
func conformScheduler(t *testing.T, c Client, id ipvs.ServiceID, to ipvs.Scheduling) {
	t.Helper()
	before := findService(t, c, id)
	want := to.Apply(before)
	for _, shouldWrite := range []bool{before.Scheduling() != to, false} {
		written, err := c.SetScheduler(id, to)
		if err != nil {
			t.Error(err)
			return
		}
		if written != shouldWrite {
			t.Errorf("scheduler %s of %s: written is %t, want %t", to.Scheduler, id, written, shouldWrite)
		}
		if got := findService(t, c, id); !reflect.DeepEqual(got, want) {
			t.Errorf("scheduler %s of %s:\n got %+v\nwant %+v", to.Scheduler, id, got, want)
		}
	}
}

func findService(t *testing.T, c Client, id ipvs.ServiceID) ipvs.VirtualService {
	t.Helper()
	table, err := c.Table()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(table.Services, func(s ipvs.VirtualService) bool { return s.ID == id })
	if i < 0 {
		t.Fatalf("%s is missing", id)
	}
	return table.Services[i]
}

func conformSchedulerRefusals(t *testing.T, c Client) {
	s := Services()[0]
	for _, test := range []struct {
		id   ipvs.ServiceID
		to   ipvs.Scheduling
		want string
	}{
		{service("tcp/10.9.9.9:80", "").ID, ipvs.Scheduling{Scheduler: "wrr"},
			"ipvs: set scheduler of tcp/10.9.9.9:80: no such virtual service"},
		{s.ID, ipvs.Scheduling{Scheduler: "fastest"},
			"ipvs: set scheduler of tcp/10.0.0.1:80: the kernel has no such scheduler"},
		{s.ID, ipvs.Scheduling{},
			`ipvs: set scheduler of tcp/10.0.0.1:80: "" is not the name of a scheduler`},
		{s.ID, ipvs.Scheduling{Scheduler: "sixteen-letters-"},
			`ipvs: set scheduler of tcp/10.0.0.1:80: "sixteen-letters-" is not the name of a scheduler`},
		{s.ID, ipvs.Scheduling{Scheduler: "w/r"},
			`ipvs: set scheduler of tcp/10.0.0.1:80: "w/r" is not the name of a scheduler`},
		{s.ID, ipvs.Scheduling{Scheduler: "sh", Flags: ipvs.FlagPersistent},
			"ipvs: set scheduler of tcp/10.0.0.1:80: the flags 0x1 are not all a scheduler's"},
	} {
		before := findService(t, c, s.ID)
		written, err := c.SetScheduler(test.id, test.to)
		if written || err == nil || err.Error() != test.want {
			t.Errorf("written %t, error %v, want %s", written, err, test.want)
		}
		if got := findService(t, c, s.ID); !reflect.DeepEqual(got, before) {
			t.Errorf("a refused scheduler left %+v, want %+v", got, before)
		}
	}
}
