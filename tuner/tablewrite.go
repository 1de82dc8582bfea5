package tuner

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

func tableFileOf(s Snapshot) tableFile {
	d := s.Table.Director
	f := tableFile{
		Time:           s.Time,
		Netns:          s.Netns,
		Kernel:         d.Kernel,
		OverheadFactor: d.OverheadFactor,
		Timeouts:       tableTimeouts{wholeSeconds(d.Timeouts.TCP), wholeSeconds(d.Timeouts.TCPFin), wholeSeconds(d.Timeouts.UDP)},
		Services:       []tableService{},
	}
	for _, v := range s.Table.Services {
		f.Services = append(f.Services, tableServiceOf(v))
	}
	return f
}

func wholeSeconds(d time.Duration) uint32 { return uint32(d / time.Second) }

func tableServiceOf(v ipvs.VirtualService) tableService {
	f := tableService{
		Service:        v.ID,
		Scheduler:      v.Scheduler,
		SchedulerFlags: v.SchedulerFlags(),
		Netmask:        v.Netmask.String(),
		Stats:          tableStatsOf(v.Stats),
		Servers:        []tableServer{},
	}
	if v.Flags.Has(ipvs.FlagPersistent) {
		f.Persistence = wholeSeconds(v.Persistence)
	}
	for _, s := range v.Servers {
		f.Servers = append(f.Servers, tableServer{
			Server:                s.ID,
			Forward:               s.Forward.String(),
			Weight:                s.Weight,
			UpperThreshold:        s.UpperThreshold,
			LowerThreshold:        s.LowerThreshold,
			ActiveConnections:     s.ActiveConnections,
			InactiveConnections:   s.InactiveConnections,
			PersistentConnections: s.PersistentConnections,
			Stats:                 tableStatsOf(s.Stats),
		})
	}
	return f
}

func tableStatsOf(s ipvs.Stats) tableStats {
	return tableStats{
		Connections:     s.Connections,
		IncomingPackets: s.IncomingPackets,
		OutgoingPackets: s.OutgoingPackets,
		IncomingBytes:   s.IncomingBytes,
		OutgoingBytes:   s.OutgoingBytes,
	}
}
