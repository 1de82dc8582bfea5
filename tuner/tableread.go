package tuner

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
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
	return Snapshot{Time: f.Time, Netns: f.Netns, Kernel: f.Kernel, OverheadFactor: f.OverheadFactor, Table: table}, nil
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
	if err := addFlags(&v, f.SchedulerFlags); err != nil {
		return v, err
	}
	var err error
	if v.Netmask, err = parseNetmask(f.Netmask); err != nil {
		return v, err
	}
	v.Servers, err = serverValues(f.Servers)
	return v, err
}

// addFlags sets the scheduler's flags by the names that the service has for
// them.
func addFlags(v *ipvs.VirtualService, names []string) error {
	all := *v
	all.Flags = ipvs.FlagScheduler1 | ipvs.FlagScheduler2 | ipvs.FlagScheduler3
	flags := []ipvs.Flags{ipvs.FlagScheduler1, ipvs.FlagScheduler2, ipvs.FlagScheduler3}
	for _, name := range names {
		i := slices.Index(all.SchedulerFlags(), name)
		if i < 0 {
			return fmt.Errorf("scheduler_flags: %q is not a flag of scheduler %s", name, v.Scheduler)
		}
		v.Flags |= flags[i]
	}
	return nil
}

// parseNetmask reads what ipvs.Netmask prints.
func parseNetmask(text string) (ipvs.Netmask, error) {
	var mask ipvs.Netmask
	if a, err := netip.ParseAddr(text); err == nil && a.Is4() {
		mask = ipvs.Netmask4(a.As4())
	} else if bits, err := strconv.ParseUint(text, 10, 8); err == nil && bits >= 1 && bits <= 128 {
		mask = ipvs.Netmask6(uint8(bits))
	} else if text != "" {
		return mask, fmt.Errorf("netmask: %q is neither an IPv4 mask nor a prefix length from 1 to 128", text)
	}
	return mask, nil
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
	var err error
	s.Forward, err = parseForward(f.Forward)
	return s, err
}

// parseForward reads what ipvs.Forward prints; "" is masquerading.
func parseForward(text string) (ipvs.Forward, error) {
	for f := ipvs.Masq; f <= ipvs.Bypass; f++ {
		if text == f.String() {
			return f, nil
		}
	}
	if text == "" {
		return ipvs.Masq, nil
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || ipvs.Forward(n).String() != text {
		return 0, fmt.Errorf("forward: %q is not masq, local, tunnel, route, bypass or an unknown one's number", text)
	}
	return ipvs.Forward(n), nil
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
