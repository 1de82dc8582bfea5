package tuner

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// mostWeight is the largest weight that the kernel holds, a C int.
const mostWeight = 1<<31 - 1

// snapshot returns the value of the file, or the first mistake in it.
func (f *tableFile) snapshot() (Snapshot, error) {
	if !slices.Contains([]uint32{0, 256, 257}, f.OverheadFactor) {
		return Snapshot{}, fmt.Errorf("overhead_factor: %d is not 256 or 257", f.OverheadFactor)
	}
	table := &ipvs.Table{Source: ipvs.Netlink}
	table.Director.Kernel, table.Director.OverheadFactor = f.Kernel, f.OverheadFactor
	table.Director.Timeouts = ipvs.Timeouts{
		TCP:    seconds(f.Timeouts.TCP),
		TCPFin: seconds(f.Timeouts.TCPFin),
		UDP:    seconds(f.Timeouts.UDP),
	}
	seen := make(map[ipvs.ServiceID]bool)
	for i, raw := range f.Services {
		v, err := raw.value()
		switch {
		case v.ID == ipvs.ServiceID{}:
			return Snapshot{}, fmt.Errorf("services[%d]: has no service", i)
		case err != nil:
			return Snapshot{}, fmt.Errorf("%s: %w", v.ID, err)
		case seen[v.ID]:
			return Snapshot{}, fmt.Errorf("%s: is there twice", v.ID)
		}
		seen[v.ID] = true
		table.Services = append(table.Services, v)
	}
	return Snapshot{Time: f.Time, Netns: f.Netns, Table: table}, nil
}

func seconds(n uint32) time.Duration { return time.Duration(n) * time.Second }

func (f *tableService) value() (ipvs.VirtualService, error) {
	v := ipvs.VirtualService{
		ID:          f.Service,
		Scheduler:   f.Scheduler,
		Persistence: seconds(f.Persistence),
		Stats:       f.Stats.value(),
	}
	if f.Persistence > 0 {
		v.Flags |= ipvs.FlagPersistent
	}
	if f.Scheduler == "" {
		return v, errors.New("has no scheduler")
	}
	err := v.AddSchedulerFlags(f.SchedulerFlags)
	if err != nil {
		return v, fmt.Errorf("scheduler_flags: %w", err)
	}
	if v.Netmask, err = ipvs.ParseNetmask(f.Netmask); err != nil {
		return v, fmt.Errorf("netmask: %w", err)
	}
	v.Servers, err = serverValues(f.Servers)
	return v, err
}

func serverValues(raw []tableServer) ([]ipvs.RealServer, error) {
	var servers []ipvs.RealServer
	seen := make(map[ipvs.ServerID]bool)
	for i, f := range raw {
		s, err := f.value()
		switch {
		case s.ID == ipvs.ServerID{}:
			return nil, fmt.Errorf("servers[%d]: has no server", i)
		case err != nil:
			return nil, fmt.Errorf("%s: %w", s.ID, err)
		case seen[s.ID]:
			return nil, fmt.Errorf("%s: is there twice", s.ID)
		}
		seen[s.ID] = true
		servers = append(servers, s)
	}
	return servers, nil
}

func (f *tableServer) value() (ipvs.RealServer, error) {
	s := ipvs.RealServer{
		ID:                    f.Server,
		Weight:                f.Weight,
		UpperThreshold:        f.UpperThreshold,
		LowerThreshold:        f.LowerThreshold,
		ActiveConnections:     f.ActiveConnections,
		InactiveConnections:   f.InactiveConnections,
		PersistentConnections: f.PersistentConnections,
		Stats:                 f.Stats.value(),
	}
	if f.Weight > mostWeight {
		return s, fmt.Errorf("weight: %d is above %d", f.Weight, mostWeight)
	}
	if f.UpperThreshold > mostWeight {
		return s, fmt.Errorf("upper_threshold: %d is above %d", f.UpperThreshold, mostWeight)
	}
	if f.LowerThreshold > f.UpperThreshold {
		return s, fmt.Errorf("lower_threshold: %d is above the upper one, %d", f.LowerThreshold, f.UpperThreshold)
	}
	if f.Forward == "" {
		return s, nil
	}
	var err error
	if s.Forward, err = ipvs.ParseForward(f.Forward); err != nil {
		return s, fmt.Errorf("forward: %w", err)
	}
	return s, nil
}

func (f tableStats) value() ipvs.Stats {
	return ipvs.Stats{
		Connections:     f.Connections,
		IncomingPackets: f.IncomingPackets,
		OutgoingPackets: f.OutgoingPackets,
		IncomingBytes:   f.IncomingBytes,
		OutgoingBytes:   f.OutgoingBytes,
	}
}
