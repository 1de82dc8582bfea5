package main

import (
	"slices"

	"github.com/alecthomas/kingpin/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/collector"
)

// addCollectorFlags adds a flag for each collector, and what bounds the number
// of series. The function that it returns has what was chosen, once flags are
// parsed.
func addCollectorFlags(app *kingpin.Application) func() collector.Options {
	var o collector.Options
	var limit uint
	on := map[string]*bool{}
	for _, c := range collector.Names() {
		byDefault := "false"
		if slices.Contains(collector.Defaults(), c) {
			byDefault = "true"
		}
		on[c] = app.Flag(flagOf(c), "Export "+collector.Help(c)+".").Default(byDefault).Bool()
	}
	app.Flag("service.include", "Export these virtual services only: a pattern of identities, in which * is any text and ? any character, as tcp/10.0.0.*. Repeatable.").
		PlaceHolder("GLOB").StringsVar(&o.Include)
	app.Flag("service.exclude", "Leave these virtual services out. Repeatable.").PlaceHolder("GLOB").StringsVar(&o.Exclude)
	app.Flag("servers.limit", "Real servers that a virtual service may have for each to have series; services with more have their own only, and right. 0 is no limit.").
		Default("0").UintVar(&limit)
	return func() collector.Options {
		o.Collectors = slices.DeleteFunc(collector.Names(), func(c string) bool { return !*on[c] })
		o.ServersLimit = int(limit)
		return o
	}
}

func flagOf(name string) string {
	if name == collector.NameNodeExporter {
		return "compat." + name
	}
	return "collector." + name
}
