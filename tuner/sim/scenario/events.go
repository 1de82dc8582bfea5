package scenario

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
)

// The bounds of a server's speed.
const (
	leastSpeed = 0.001
	mostSpeed  = 1000
)

// actionKeys returns the keys that an action needs and those that it takes
// besides.
func actionKeys(a sim.Action) (needed, optional []string) {
	switch a {
	case sim.ChangeSpeed:
		return []string{"speed"}, []string{"over"}
	case sim.Recover, sim.Join:
		return nil, []string{"speed", "over"}
	case sim.Fail:
		return []string{"errors"}, nil
	case sim.SetWeight:
		return []string{"weight"}, nil
	}
	return nil, nil
}

// readEvents reads the events; those that a group's stagger makes come in
// between, in order of time.
func (f *file) readEvents(v yamlfile.Value) {
	v.Items(f.readEvent)
	slices.SortStableFunc(f.config.Events, func(a, b sim.Event) int { return cmp.Compare(a.At, b.At) })
}

func (f *file) readEvent(v yamlfile.Value) {
	var e sim.Event
	var servers []ipvs.ServerID
	var stagger time.Duration
	v.Fields(fields{
		"at":     func(v yamlfile.Value) { f.readInstant(v, &e.At) },
		"server": func(v yamlfile.Value) { servers = f.readEventServers(v) },
		"action": func(v yamlfile.Value) {
			yamlfile.Choice(v, &e.Action, sim.ChangeSpeed, sim.Crash, sim.Hang, sim.Fail, sim.Recover,
				sim.Join, sim.Leave, sim.SetWeight, sim.CheckDown, sim.CheckUp)
		},
		"stagger": func(v yamlfile.Value) { f.readInstant(v, &stagger) },
		"speed":   func(v yamlfile.Value) { v.Number(&e.Speed, leastSpeed, mostSpeed) },
		"over":    func(v yamlfile.Value) { f.readInstant(v, &e.Over) },
		"errors":  func(v yamlfile.Value) { v.Ratio(&e.Errors) },
		"weight":  func(v yamlfile.Value) { v.Integer(&e.Weight, 0, largestWeight) },
		"mark":    func(v yamlfile.Value) { v.Text(&e.Mark) },
	})
	for _, key := range []string{"at", "server", "action"} {
		v.Require(key)
	}
	if e.Action != "" {
		needed, optional := actionKeys(e.Action)
		checkKeys(v, "action "+string(e.Action), needed, optional, []string{"speed", "over", "errors", "weight"})
	}
	f.addEvents(v, e, servers, stagger)
}

// readEventServers reads the name of a group, which is all of its servers, or
// the identity of one.
func (f *file) readEventServers(v yamlfile.Value) []ipvs.ServerID {
	var text string
	v.Text(&text)
	if servers, ok := f.groups[text]; ok || text == "" {
		return servers
	}
	for _, s := range f.config.Servers {
		if s.ID.String() == text {
			return []ipvs.ServerID{s.ID}
		}
	}
	names := slices.Sorted(maps.Keys(f.groups))
	v.Problem("%s is neither one of the servers nor one of their groups: %s", text, strings.Join(names, ", "))
	return nil
}

// addEvents adds an event for each server, each later than the one before by
// stagger; the first bears the mark.
func (f *file) addEvents(v yamlfile.Value, e sim.Event, servers []ipvs.ServerID, stagger time.Duration) {
	for _, s := range servers {
		e.Server = s
		f.config.Events = append(f.config.Events, e)
		e.At += stagger
		e.Mark = ""
	}
	if n := len(servers); n > 0 && f.config.Duration > 0 && e.At-stagger >= f.config.Duration {
		v.Problem("happens at %s, and the run ends at %s", e.At-stagger, f.config.Duration)
	}
}
