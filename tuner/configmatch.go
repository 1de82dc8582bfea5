package tuner

import (
	"path"
	"strings"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sharing"
)

// readMatch reads which virtual services an entry of services is for: an
// identity, a glob of one, or {name: NAME}.
func readMatch(v yamlfile.Value, into *ServiceConfig) {
	if _, single := v.Scalar(); !single && v.Has("name") {
		v.Fields(map[string]func(yamlfile.Value){"name": func(v yamlfile.Value) { v.Text(&into.Name) }})
		return
	}
	v.Text(&into.Match)
	switch {
	case into.Match == "":
	case !strings.ContainsAny(into.Match, "*?"):
		if _, err := ipvs.ParseServiceID(into.Match); err != nil {
			v.Problem("%s", err)
		}
	case strings.Trim(into.Match, "abcdefghijklmnopqrstuvwxyz0123456789/.:[]*?") != "":
		v.Problem("%s matches no virtual service: those look like tcp/10.0.0.1:80 and fwm/258", into.Match)
	}
}

// readNetns reads the pattern of a network namespace's file, or of its name
// alone; an empty one is the program's own.
func readNetns(v yamlfile.Value, into *string) {
	if text, single := v.Scalar(); single && text == "" {
		return
	}
	v.Text(into)
	if _, err := path.Match(*into, ""); err != nil {
		v.Problem("%s is not a pattern", *into)
	}
}

// readScheduler reads the scheduler that services are to have, one whose
// weights can be tuned.
func readScheduler(v yamlfile.Value, into *string) {
	v.Text(into)
	of := ipvs.VirtualService{ID: ipvs.MarkService(ipvs.IPv4, 1), Scheduler: *into} // the kind that has most
	if why := sharing.Refusal(&of); *into != "" && why != "" {
		v.Problem("scheduler %s %s", *into, why)
	}
}

// checkNew refuses an entry that an earlier one is in place of.
func (s *ServiceConfig) checkNew(v yamlfile.Value, before []ServiceConfig) {
	match, ok := v.Entry("match")
	if !ok || s.Match+s.Name == "" {
		return
	}
	for i, b := range before {
		if b.Netns == s.Netns && b.Match == s.Match && b.Name == s.Name {
			match.Problem("%s is the match of services[%d] already", s.Match+s.Name, i)
		}
	}
}
