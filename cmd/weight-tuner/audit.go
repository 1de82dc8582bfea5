package main

import (
	"os"

	"gopkg.in/natefinch/lumberjack.v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// auditLog writes the audit log. The first line makes the file if it is
// missing.
type auditLog struct {
	lumberjack.Logger
	begun bool
}

func newAuditLog(c tuner.AuditLog) *auditLog {
	return &auditLog{Logger: lumberjack.Logger{Filename: c.File, MaxSize: int(c.MaxMegabytes), MaxBackups: int(c.MaxFiles) - 1}}
}

// Write writes a line, the first one behind what a program left that was killed
// as it wrote.
func (a *auditLog) Write(line []byte) (int, error) {
	if !a.begun && torn(a.Filename) {
		if _, err := a.Logger.Write([]byte("\n")); err != nil {
			return 0, err
		}
	}
	a.begun = true
	return a.Logger.Write(line)
}

// torn reports whether a file ends within a line, as far as it can be read.
func torn(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return false
	}
	last := make([]byte, 1)
	_, err = f.ReadAt(last, info.Size()-1)
	return err == nil && last[0] != '\n'
}
