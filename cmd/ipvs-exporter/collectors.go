package main

import (
	"github.com/alecthomas/kingpin/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/collector"
)

// addCollectorFlags adds --[no-]collector.NAME for each collector. The
// function that it returns names those that are on, once flags are parsed.
func addCollectorFlags(app *kingpin.Application) func() []string {
	on := map[string]*bool{}
	for _, c := range collector.Names() {
		on[c] = app.Flag("collector."+c, "Export the collector "+c+".").Default("true").Bool()
	}
	return func() []string {
		var names []string
		for _, c := range collector.Names() {
			if *on[c] {
				names = append(names, c)
			}
		}
		return names
	}
}
