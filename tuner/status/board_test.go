package status

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// reported returns a report of services by firewall marks in one network
// namespace.
func reported(at int, netns string, marks ...uint32) tuner.Report {
	r := tuner.Report{Time: time.Unix(1e9+10*int64(at), 0), Interval: 10 * time.Second, Read: map[string]bool{netns: true}, Listed: true}
	for _, m := range marks {
		r.Plan.Services = append(r.Plan.Services, tuner.ServicePlan{Netns: netns, Service: ipvs.MarkService(ipvs.IPv4, m), Code: tuner.CodeSettled,
			Servers: []tuner.ServerPlan{{Server: server(1, int(m)), Weight: uint32(at)}}})
	}
	return r
}

func (b *Board) names() []string {
	var names []string
	for _, r := range b.rows() {
		name := r.target().String()
		if r.unread {
			name += " unread"
		}
		names = append(names, name)
	}
	return names
}

func TestServicesComeAndGo(t *testing.T) {
	blue := func(r tuner.Report, read bool) tuner.Report {
		r.Read["blue"] = read
		return r
	}
	unlisted := reported(6, "")
	unlisted.Listed, unlisted.Read = false, nil
	early := reported(5, "", 2)
	early.Early = true
	var b Board
	for _, test := range []struct {
		name   string
		report tuner.Report
		want   []string
	}{
		{"two", reported(1, "blue", 1, 2), []string{"fwm/1 in blue", "fwm/2 in blue"}},
		{"another namespace", blue(reported(2, "", 2, 1), false), []string{"fwm/1", "fwm/2", "fwm/1 in blue unread", "fwm/2 in blue unread"}},
		{"one is gone", blue(reported(3, "", 2), false), []string{"fwm/2", "fwm/1 in blue unread", "fwm/2 in blue unread"}},
		{"the namespace is gone", reported(4, "", 2, 3), []string{"fwm/2", "fwm/3"}},
		{"early on one", early, []string{"fwm/2", "fwm/3"}},
		{"nothing could be listed", unlisted, []string{"fwm/2 unread", "fwm/3 unread"}},
		{"well again", reported(7, "", 3), []string{"fwm/3"}},
		{"there is nothing", reported(8, ""), nil},
	} {
		b.Tell(test.report)
		if got := b.names(); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

// A server that is not in the table ends its history, the others go on.
func TestHistoryGoesOn(t *testing.T) {
	var b Board
	of := tuner.Target{Service: ipvs.MarkService(ipvs.IPv4, 1)}
	for at := range 5 {
		r := reported(at, "", 1)
		p := &r.Plan.Services[0]
		if other := (tuner.ServerPlan{Server: server(1, 0), Weight: 7}); at != 2 {
			p.Servers = slices.Insert(p.Servers, 0, other)
		}
		b.Tell(r)
	}
	servers := []Server{{Server: server(1, 0)}, {Server: server(1, 1)}, {Server: server(1, 2)}}
	b.addHistories(of, servers)
	if got, want := fmt.Sprint(servers[0].History.Weight), "[NaN NaN NaN 7 7]"; got != want {
		t.Errorf("the one that was gone has %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(servers[1].History.Weight), "[0 1 2 3 4]"; got != want {
		t.Errorf("the other one has %s, want %s", got, want)
	}
	if servers[2].History != nil {
		t.Error("one that never was there has a history")
	}
	if h := b.history(of); h.Start.Unix() != 1e9 || h.StepSeconds != 10 {
		t.Errorf("from %s in steps of %v s", h.Start, h.StepSeconds)
	}
}

// A clock that is put right by a little goes on; after more, history begins anew.
func TestClockIsSetBack(t *testing.T) {
	var b Board
	of := tuner.Target{Service: ipvs.MarkService(ipvs.IPv4, 1)}
	for _, step := range []struct{ at, points int }{{100, 1}, {101, 2}, {100, 2}, {102, 3}, {60, 1}, {61, 2}} {
		b.Tell(reported(step.at, "", 1))
		if got := len(b.history(of).Latency); got != step.points {
			t.Errorf("at %d there are %d points, want %d", step.at, got, step.points)
		}
	}
}

// With very many servers histories become coarser, and fine again once most are
// gone; what was seen is not lost.
func TestThinnedOut(t *testing.T) {
	many := func(at, servers int) tuner.Report {
		r := reported(at, "", 1, 2)
		p := &r.Plan.Services[1]
		p.Servers = make([]tuner.ServerPlan, servers)
		for i := range p.Servers {
			p.Servers[i].Server = numbered(i)
		}
		return r
	}
	var b Board
	of := tuner.Target{Service: ipvs.MarkService(ipvs.IPv4, 1)}
	for at, test := range []struct {
		servers int
		step    float64
		points  int
	}{{1, 10, 1}, {1, 10, 2}, {1, 10, 3}, {12000, 20, 2}, {12000, 20, 3}, {8000, 20, 3}, {1, 10, 7}} {
		b.Tell(many(at, test.servers))
		if h := b.history(of); h.StepSeconds != test.step || len(h.Latency) != test.points {
			t.Errorf("%d servers: %d points every %v s, want %d every %v s", test.servers, len(h.Latency), h.StepSeconds, test.points, test.step)
		}
	}
	servers := []Server{{Server: server(1, 1)}}
	b.addHistories(of, servers)
	if last := servers[0].History.Weight; last[len(last)-1] != 6 || math.IsNaN(float64(last[0])) {
		t.Errorf("the weights were %v", last)
	}
}
