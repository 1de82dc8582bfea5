package tuner

import (
	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Packets bounds what the source passive follows, and says what of it are no
// requests.
type Packets struct {
	Connections uint32                   // at once; those idle longest make room
	Servers     uint32                   // beyond which others are not timed
	Skip        map[ipvs.ServiceID]uint8 // exchanges that each connection of TCP begins with and that are no requests
}

func defaultPackets() Packets {
	return Packets{Connections: 65536, Servers: 2048, Skip: map[ipvs.ServiceID]uint8{}}
}

func (p *Packets) fields() map[string]func(yamlfile.Value) {
	return map[string]func(yamlfile.Value){
		"connections": func(v yamlfile.Value) { v.Integer(&p.Connections, 1000, 10_000_000) },
		"servers":     func(v yamlfile.Value) { v.Integer(&p.Servers, 10, 100_000) },
		"skip":        func(v yamlfile.Value) { readSkip(v, p.Skip) },
	}
}

func readSkip(v yamlfile.Value, into map[ipvs.ServiceID]uint8) {
	v.Entries(func(name string, key, entry yamlfile.Value) {
		service, err := ipvs.ParseServiceID(name)
		switch {
		case err != nil:
			key.Problem("%v", err)
			return
		case service.Mark == 0 && service.Protocol != ipvs.TCP:
			key.Problem("is no service of TCP, whose connections begin")
			return
		}
		var n uint32
		entry.Integer(&n, 1, 255)
		into[service] = uint8(n)
	})
}
