package main

import (
	"github.com/alecthomas/kingpin/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
)

// addLatencyFlags adds those of what is timed.
func addLatencyFlags(app *kingpin.Application) *passive.Options {
	o := &passive.Options{Skip: map[ipvs.ServiceID]uint8{}}
	app.Flag("collector.latency.connections", "Connections that the collector latency follows at once, about 150 bytes each in the kernel; those idle longest make room.").
		Default("65536").Uint32Var(&o.Connections)
	app.Flag("collector.latency.servers", "Real servers that the collector latency times, each with up to 2 kB in the kernel.").
		Default("2048").Uint32Var(&o.Servers)
	app.Flag("collector.latency.skip", "How many exchanges a connection to a virtual service of TCP begins with that are no requests: "+
		"2 for TLS 1.2, and for TLS 1.3 of servers that send tickets after the handshake, as OpenSSL; else 1 for TLS 1.3. Repeatable.").
		PlaceHolder("SERVICE=N").SetValue(skips(o.Skip))
	return o
}
