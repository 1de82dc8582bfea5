package tuner

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs/ipvstest"
)

// restored restores a director and returns what was said.
func restored(t *testing.T, d Director, state State, dryRun bool) []string {
	t.Helper()
	var lines []string
	if err := Restore(Netns{Director: d}, state, dryRun, func(r Restoration) { lines = append(lines, r.String()) }); err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestRestore(t *testing.T) {
	mh := ipvs.Scheduling{Scheduler: "mh", Flags: ipvs.FlagScheduler1}
	tests := []struct {
		name      string
		baseline  baseline
		scheduler string // that there is; wrr by default
		present   ipvs.RealServer
		want      []string
		after     ipvs.RealServer
	}{
		{"weight of somebody else", baseline{Servers: servers(serverBaseline{Weight: kept[uint32]{100, 120, 130}})}, "",
			ipvs.RealServer{Weight: 7}, []string{"10.0.1.1:80 in tcp/10.0.0.1:80: weight 7 is somebody else's, left alone"}, ipvs.RealServer{Weight: 7}},
		{"thresholds of somebody else", baseline{Servers: servers(serverBaseline{Weight: kept[uint32]{100, 120, 120},
			Thresholds: kept[thresholds]{thresholds{500, 400}, thresholds{90, 80}, thresholds{90, 80}}})}, "",
			ipvs.RealServer{Weight: 120, UpperThreshold: 90, LowerThreshold: 10},
			[]string{"10.0.1.1:80 in tcp/10.0.0.1:80: weight 120 -> 100; thresholds 90/10 is somebody else's, left alone"},
			ipvs.RealServer{Weight: 100, UpperThreshold: 90, LowerThreshold: 10}},
		{"scheduler of somebody else", baseline{Scheduling: kept[ipvs.Scheduling]{mh, wrr, wrr}}, "wlc",
			ipvs.RealServer{Weight: 1}, []string{"tcp/10.0.0.1:80: scheduler wlc is somebody else's, left alone"}, ipvs.RealServer{Weight: 1}},
		{"untouched and changed by somebody else", baseline{Servers: servers(serverBaseline{Weight: kept[uint32]{1, 1, 1},
			Thresholds: kept[thresholds]{thresholds{}, thresholds{9, 8}, thresholds{9, 8}}})}, "",
			ipvs.RealServer{Weight: 50, UpperThreshold: 9, LowerThreshold: 8},
			[]string{"10.0.1.1:80 in tcp/10.0.0.1:80: thresholds 9/8 -> 0/0"}, ipvs.RealServer{Weight: 50}},
		{"last write not made", baseline{Servers: servers(serverBaseline{Weight: kept[uint32]{100, 120, 130}})}, "",
			ipvs.RealServer{Weight: 120}, []string{"10.0.1.1:80 in tcp/10.0.0.1:80: weight 120 -> 100"}, ipvs.RealServer{Weight: 100}},
		{"last write made", baseline{Servers: servers(serverBaseline{Weight: kept[uint32]{100, 120, 130}})}, "",
			ipvs.RealServer{Weight: 130}, []string{"10.0.1.1:80 in tcp/10.0.0.1:80: weight 130 -> 100"}, ipvs.RealServer{Weight: 100}},
		{"first write not made", baseline{Servers: servers(serverBaseline{Weight: kept[uint32]{100, 100, 120}})}, "",
			ipvs.RealServer{Weight: 100}, []string{"10.0.1.1:80 in tcp/10.0.0.1:80: stands as before"}, ipvs.RealServer{Weight: 100}},
		{"thresholds", baseline{Servers: servers(serverBaseline{
			Thresholds: kept[thresholds]{thresholds{500, 400}, thresholds{90, 80}, thresholds{90, 80}}})}, "",
			ipvs.RealServer{Weight: 1, UpperThreshold: 90, LowerThreshold: 80}, []string{"10.0.1.1:80 in tcp/10.0.0.1:80: thresholds 90/80 -> 500/400"},
			ipvs.RealServer{Weight: 1, UpperThreshold: 500, LowerThreshold: 400}},
		{"scheduler", baseline{Scheduling: kept[ipvs.Scheduling]{mh, wrr, wrr}}, "",
			ipvs.RealServer{Weight: 1}, []string{"tcp/10.0.0.1:80: scheduler wrr -> mh"}, ipvs.RealServer{Weight: 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.present.ID, test.after.ID = plantServer(0), plantServer(0)
			v := ipvs.VirtualService{ID: plantService, Scheduler: "wrr", Servers: []ipvs.RealServer{test.present}}
			if test.scheduler != "" {
				v.Scheduler = test.scheduler
			}
			d, state := watched(v), State{Baseline: baselines{plantService: test.baseline}}
			if got := restored(t, d, state, true); !slices.Equal(got, test.want) || d.Writes() > 0 {
				t.Errorf("dry run: said %q, want %q; %d writes", got, test.want, d.Writes())
			}
			if got := restored(t, d, state, false); !slices.Equal(got, test.want) {
				t.Errorf("said %q, want %q", got, test.want)
			}
			if got, _ := d.Servers(plantService); got[0] != test.after {
				t.Errorf("left %+v, want %+v", got[0], test.after)
			}
			writes := d.Writes()
			for _, line := range restored(t, d, state, false) {
				if d.Writes() != writes || strings.Contains(line, "->") {
					t.Errorf("the second time: %d writes, said %s", d.Writes()-writes, line)
				}
			}
		})
	}
}

func servers(first serverBaseline) []serverBaseline {
	first.Server = plantServer(0)
	return []serverBaseline{first}
}

func TestRestoreSchedulerWithItsFlags(t *testing.T) {
	d := watched(ipvs.VirtualService{ID: plantService, Scheduler: "wrr"})
	mh := ipvs.Scheduling{Scheduler: "mh", Flags: ipvs.FlagScheduler2}
	restored(t, d, State{Baseline: baselines{plantService: {Scheduling: kept[ipvs.Scheduling]{mh, wrr, wrr}}}}, false)
	table, err := d.Table()
	if err != nil || table.Services[0].Scheduling() != mh {
		t.Errorf("got %+v, %v", table, err)
	}
}

func TestRestorePassesOverWhatIsGone(t *testing.T) {
	state := State{Baseline: baselines{
		plantService:                   {Servers: servers(serverBaseline{Weight: kept[uint32]{1, 2, 2}})},
		ipvs.MarkService(ipvs.IPv4, 7): {Servers: servers(serverBaseline{Weight: kept[uint32]{1, 2, 2}})},
	}}
	d := watched(ipvs.VirtualService{ID: plantService, Scheduler: "wrr"})
	want := []string{"10.0.1.1:80 in tcp/10.0.0.1:80: is gone, passed over", "fwm/7: is gone, passed over"}
	if got := restored(t, d, state, false); !slices.Equal(got, want) {
		t.Errorf("said %q, want %q", got, want)
	}
}

func TestRestoreGoesOnAfterAnError(t *testing.T) {
	before := newPlant(1, 60, 40, 40).table().Services[0]
	d := watched(before)
	state := State{Baseline: baselines{plantService: {Servers: []serverBaseline{
		{Server: plantServer(0), Weight: kept[uint32]{5, 1, 1}}, {Server: plantServer(1), Weight: kept[uint32]{6, 1, 1}},
	}}}}
	d.FailEdits(plantServer(0), ipvs.ErrNotPermitted)
	got := restored(t, d, state, false)
	if len(got) != 2 || !strings.Contains(got[0], "weight 1 -> 5; not written: ipvs: edit of 10.0.1.1:80") || !strings.HasSuffix(got[1], "weight 1 -> 6") {
		t.Errorf("said %q", got)
	}
	d.Fail(ipvs.ErrNotSupported)
	if err := Restore(Netns{Director: d}, state, false, nil); !errors.Is(err, ipvs.ErrNotSupported) {
		t.Errorf("error %v", err)
	}
	if err := Restore(Netns{Director: d}, State{}, false, nil); err != nil {
		t.Errorf("with nothing to restore: %v", err)
	}
}

var _ Director = (*ipvstest.Director)(nil)
