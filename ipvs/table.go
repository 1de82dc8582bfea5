package ipvs

import (
	"fmt"
	"slices"
	"time"
)

// Table is what one read of a network namespace's IPVS found.
type Table struct {
	Source   Source
	Director Director
	Services []VirtualService // in the kernel's order

	// Duplicates counts entries that the kernel's dump repeated, because
	// somebody edited the table meanwhile; they are merged.
	Duplicates int
	// Retries counts dumps that were read again because they were torn.
	Retries int

	servers []RealServer // those of all services, where they are in one piece
}

// HasMarks reports whether there is a firewall-mark service.
func (t *Table) HasMarks() bool {
	return slices.ContainsFunc(t.Services, func(s VirtualService) bool { return s.ID.Mark != 0 })
}

// Source is the kernel interface that a table was read through.
type Source string

const (
	// Netlink is the generic netlink family IPVS: everything, for CAP_NET_ADMIN.
	Netlink Source = "netlink"
	// Procfs is /proc/net/ip_vs and ip_vs_stats, for everybody. It has no
	// timeouts, sync daemons, thresholds, scheduler flags, persistence
	// engines, tunnel types, persistent connections, and no statistics of
	// services and servers: these are zero in such a table and unknown. The
	// persistence timeout is zero where the kernel's tick is unknown.
	Procfs Source = "procfs"
)

// Director is what belongs to the whole network namespace.
type Director struct {
	Kernel            string // upstream version of the running kernel, as 6.12.117; "" where it cannot be told
	OverheadFactor    uint32 // what that kernel multiplies active connections by in an overhead: 256 or 257; 0 is unknown
	Version           Version
	ConnectionBuckets uint32 // size of the connection hash table; since Linux 7.1 the current one, 0 before the first service
	Stats             Stats
	Timeouts          Timeouts
	SyncDaemons       []SyncDaemon  // running ones: none, the master, the backup, or both
	Applications      []Application // helpers of protocols that name addresses and ports in their data, as ftp
}

// Version is the version of IPVS itself.
type Version struct{ Major, Minor, Patch uint8 }

// String returns the form 1.2.1.
func (v Version) String() string {
	return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
}

// Timeouts says how long the director keeps an idle connection; 0 where the
// kernel was built without the protocol. As ipvsadm -L --timeout.
type Timeouts struct {
	TCP    time.Duration // established
	TCPFin time.Duration // after the client's FIN
	UDP    time.Duration
}

// SyncDaemon is a running connection synchronisation daemon
// (net/netfilter/ipvs/ip_vs_sync.c).
type SyncDaemon struct {
	Role      string // "master" or "backup"
	Interface string
	SyncID    uint32
	MaxLength uint16 // bytes of a sync message
	Group     string // multicast address, "" where the kernel does not tell
	Port      uint16
	TTL       uint8
}

// Stats are the counters of a director, a virtual service or a real server.
// The kernel brings them up to date every two seconds (ip_vs_est.c); ipvsadm
// -Z sets them back to zero.
type Stats struct {
	Connections     uint64 // scheduled
	IncomingPackets uint64 // from clients
	OutgoingPackets uint64 // to clients; 0 unless the replies pass the director
	IncomingBytes   uint64 // with IP headers
	OutgoingBytes   uint64
	Rates           Rates

	// Wraps: connections and packets are counted modulo 2^32, by kernels
	// without IPVS_SVC_ATTR_STATS64 (before 4.1).
	Wraps bool
}

// Rates are the kernel's own moving averages, per second, with a time
// constant of some seven seconds (ip_vs_est.c).
type Rates struct {
	Connections     uint64
	IncomingPackets uint64
	OutgoingPackets uint64
	IncomingBytes   uint64
	OutgoingBytes   uint64
}

// VirtualService is a service that the director offers, with its real servers.
type VirtualService struct {
	ID          ServiceID
	Scheduler   string // as rr, wrr, lc, wlc; "none" without one
	Flags       Flags
	Persistence time.Duration // how long a client sticks to its server; meaningful with FlagPersistent only, and 0 is unknown then
	Netmask     Netmask       // groups clients of a persistent service
	Engine      string        // persistence engine, as sip; "" without one
	Stats       Stats
	Servers     []RealServer // in the kernel's order, which is its scan order: newest first
}

// Flags are the flags of a virtual service (IP_VS_SVC_F_ in
// include/uapi/linux/ip_vs.h).
type Flags uint32

// FlagPersistent and its kin are the flags that a service can be given; the
// meaning of the last three is the scheduler's.
const (
	FlagPersistent Flags = 0x01
	FlagOnePacket  Flags = 0x04
	FlagScheduler1 Flags = 0x08
	FlagScheduler2 Flags = 0x10
	FlagScheduler3 Flags = 0x20
)

// Has reports whether all of the given flags are set.
func (f Flags) Has(want Flags) bool { return f&want == want }

// SchedulerFlags names the flags that are the scheduler's, as ipvsadm prints
// them: sh-fallback, sh-port, mh-fallback, mh-port, else flag-1 to flag-3.
func (s *VirtualService) SchedulerFlags() []string {
	names := [3]string{"flag-1", "flag-2", "flag-3"}
	if s.Scheduler == "sh" || s.Scheduler == "mh" {
		names[0], names[1] = s.Scheduler+"-fallback", s.Scheduler+"-port"
	}
	set := []string{}
	for i, flag := range [3]Flags{FlagScheduler1, FlagScheduler2, FlagScheduler3} {
		if s.Flags.Has(flag) {
			set = append(set, names[i])
		}
	}
	return set
}

// AddSchedulerFlags sets flags by the names that SchedulerFlags has for them.
func (s *VirtualService) AddSchedulerFlags(names []string) error {
	flags := []Flags{FlagScheduler1, FlagScheduler2, FlagScheduler3}
	all := VirtualService{Scheduler: s.Scheduler, Flags: FlagScheduler1 | FlagScheduler2 | FlagScheduler3}
	for _, name := range names {
		i := slices.Index(all.SchedulerFlags(), name)
		if i < 0 {
			return fmt.Errorf("%q is not a flag of scheduler %s", name, s.Scheduler)
		}
		s.Flags |= flags[i]
	}
	return nil
}

// RealServer is a server that a virtual service forwards to.
type RealServer struct {
	ID                    ServerID
	Forward               Forward
	Tunnel                Tunnel
	Weight                uint32 // 0 is quiescent: no new connections, persistent clients excepted
	UpperThreshold        uint32 // connections (active + inactive) from which no more come; 0 is none
	LowerThreshold        uint32 // connections below which more come again; 0 is three quarters of the upper
	ActiveConnections     uint32
	InactiveConnections   uint32
	PersistentConnections uint32 // persistence templates
	Stats                 Stats
}

// Overloaded reports whether the server's connections have reached its upper
// threshold.
func (s *RealServer) Overloaded() bool {
	return s.UpperThreshold != 0 &&
		uint64(s.ActiveConnections)+uint64(s.InactiveConnections) >= uint64(s.UpperThreshold)
}
