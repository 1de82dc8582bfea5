package tuner

import (
	"path/filepath"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
)

// ExitAction is what the tuner does about its writes when it is told to stop.
type ExitAction string

const (
	// KeepAtExit leaves the tables as they are.
	KeepAtExit ExitAction = "keep"
	// RestoreAtExit puts back what stood before, as [Restore] does.
	RestoreAtExit ExitAction = "restore"
)

// AuditLog says where the tuner writes down what it changes.
type AuditLog struct {
	File         string
	MaxMegabytes uint32 // of each file, and so of a line: one of 10,000 servers has some 3
	MaxFiles     uint32 // with the one that is written to; 2 or more
}

// auditFile is what the audit log is called beside the state file.
const auditFile = "audit.jsonl"

func readAuditLog(v yamlfile.Value, into *AuditLog) {
	v.Fields(map[string]func(yamlfile.Value){
		"file":          func(v yamlfile.Value) { v.Text(&into.File) },
		"max_megabytes": func(v yamlfile.Value) { v.Integer(&into.MaxMegabytes, 10, 10000) },
		"max_files":     func(v yamlfile.Value) { v.Integer(&into.MaxFiles, 2, 1000) },
	})
}

// placeAuditLog puts the audit log beside the state file if nothing says where
// it is to be.
func (c *Config) placeAuditLog() {
	if c.AuditLog.File == "" {
		c.AuditLog.File = filepath.Join(filepath.Dir(c.StateFile), auditFile)
	}
}
