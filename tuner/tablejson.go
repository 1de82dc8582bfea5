package tuner

import (
	"fmt"
	"io"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Snapshot is a director's table with when and where it was read.
type Snapshot struct {
	Time           time.Time // zero is not known
	Netns          string    // "" is the program's own
	Kernel         string    // release, "" is not known
	OverheadFactor uint32    // what the kernel multiplies active connections by, 256 or 257; 0 is not known
	Table          *ipvs.Table
}

// SnapshotOf returns the snapshot of a live table, read at now.
func SnapshotOf(table *ipvs.Table, netns string, now time.Time) Snapshot {
	kernel := table.Director.Kernel
	return Snapshot{Time: now.UTC(), Netns: netns, Kernel: kernel.String(), OverheadFactor: kernel.OverheadFactor(), Table: table}
}

type tableFile struct {
	Time           time.Time      `json:"time,omitzero"`
	Netns          string         `json:"netns"`
	Kernel         string         `json:"kernel"`
	OverheadFactor uint32         `json:"overhead_factor"`
	Timeouts       tableTimeouts  `json:"timeouts"`
	Services       []tableService `json:"services"`
}

type tableTimeouts struct {
	TCP    uint32 `json:"tcp_seconds"`
	TCPFin uint32 `json:"tcp_fin_seconds"`
	UDP    uint32 `json:"udp_seconds"`
}

type tableService struct {
	Service        ipvs.ServiceID `json:"service"`
	Scheduler      string         `json:"scheduler"`
	SchedulerFlags []string       `json:"scheduler_flags"`
	Persistence    uint32         `json:"persistence_timeout_seconds"` // 0 is not persistent
	Netmask        string         `json:"netmask"`
	Stats          tableStats     `json:"stats"`
	Servers        []tableServer  `json:"servers"`
}

type tableServer struct {
	Server                ipvs.ServerID `json:"server"`
	Forward               string        `json:"forward"` // "" is masq
	Weight                uint32        `json:"weight"`
	UpperThreshold        uint32        `json:"upper_threshold"`
	LowerThreshold        uint32        `json:"lower_threshold"`
	ActiveConnections     uint32        `json:"active_connections"`
	InactiveConnections   uint32        `json:"inactive_connections"`
	PersistentConnections uint32        `json:"persistent_connections"`
	Stats                 tableStats    `json:"stats"`
}

type tableStats struct {
	Connections     uint64 `json:"connections"`
	IncomingPackets uint64 `json:"incoming_packets"`
	OutgoingPackets uint64 `json:"outgoing_packets"`
	IncomingBytes   uint64 `json:"incoming_bytes"`
	OutgoingBytes   uint64 `json:"outgoing_bytes"`
}

// ReadTable reads Table JSON. name is the file's, for errors. The JSON has no
// room for one-packet scheduling, persistence engines, tunnel types and rates:
// these are zero and unknown.
func ReadTable(r io.Reader, name string) (Snapshot, error) {
	var file tableFile
	if err := readJSON(r, name, &file); err != nil {
		return Snapshot{}, err
	}
	s, err := file.snapshot()
	if err != nil {
		return Snapshot{}, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

// WriteTable writes Table JSON, services and servers in the table's order.
func WriteTable(w io.Writer, s Snapshot) error {
	return writeJSON(w, tableFileOf(s))
}
