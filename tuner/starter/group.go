package starter

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sharing"
)

// mostSingle is up to how many virtual services have an entry each, and how many
// exceptions a group has.
const mostSingle = 24

// entries returns the entries for services in order: one each, or where they are
// many one for each protocol with the exceptions before it.
func entries(services []ipvs.VirtualService, names map[ipvs.ServiceID]string) []entry {
	var all []entry
	if len(services) > mostSingle {
		groups := make(map[string][]*ipvs.VirtualService)
		for i := range services {
			kind, _, _ := strings.Cut(services[i].ID.String(), "/")
			groups[kind] = append(groups[kind], &services[i])
		}
		for _, kind := range slices.Sorted(maps.Keys(groups)) {
			all = append(all, together(kind, groups[kind], names)...)
		}
		return all
	}
	for i := range services {
		all = append(all, single(&services[i], names[services[i].ID]))
	}
	return all
}

// together returns an entry for the services of a kind, after those of the
// exceptions. Where exceptions are too many there are none: the tuner leaves
// alone by itself what it cannot tune.
func together(kind string, services []*ipvs.VirtualService, names map[ipvs.ServiceID]string) []entry {
	var tuned, left []*ipvs.VirtualService
	for _, v := range services {
		if advise(v).policy == tuner.Optimize {
			tuned = append(tuned, v)
		} else {
			left = append(left, v)
		}
	}
	policy, most, except := tuner.Optimize, tuned, left
	if len(left) > len(tuned) {
		policy, most, except = tuner.Static, left, tuned
	}
	if len(except) > mostSingle {
		policy, most, except = tuner.Optimize, services, nil
	}
	var all []entry
	for _, v := range except {
		all = append(all, single(v, names[v.ID]))
	}
	return append(all, group(kind, policy, most, len(all) > 0))
}

// group returns the entry of all services of a kind that have no other.
func group(kind string, policy tuner.Policy, services []*ipvs.VirtualService, excepted bool) entry {
	e := entry{match: kind + "/*", policy: policy}
	schedulers, notes := make(map[string]int), make(map[string][]string)
	for _, v := range services {
		a := advise(v)
		e.max = max(e.max, a.max)
		e.counting = e.counting || sharing.Counts(v.Scheduler)
		schedulers[v.Scheduler]++
		for _, note := range a.notes {
			notes[note] = append(notes[note], v.ID.String())
		}
	}
	var by []string
	for _, scheduler := range slices.Sorted(maps.Keys(schedulers)) {
		by = append(by, fmt.Sprintf("%d by %s", schedulers[scheduler], scheduler))
	}
	all := "All"
	if excepted {
		all = "All other"
	}
	e.comments = []string{fmt.Sprintf("%s virtual services of %s, also those that come: %s.", all, kind, strings.Join(by, ", "))}
	for _, note := range slices.Sorted(maps.Keys(notes)) {
		e.comments = append(e.comments, fmt.Sprintf("%s: %s", of(notes[note], len(services)), note))
	}
	return e
}

func of(ids []string, all int) string {
	if len(ids) == all {
		return "All of them"
	}
	return fmt.Sprintf("%d of them (%s)", len(ids), some(ids))
}
