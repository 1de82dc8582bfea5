package main

import (
	"os"

	"gopkg.in/natefinch/lumberjack.v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// auditLog writes the audit log. The first line makes the file if it is
// missing, and so does any later one.
type auditLog struct {
	lumberjack.Logger
	file os.FileInfo // that was written to last; nil before the first line
}

func newAuditLog(c tuner.AuditLog) *auditLog {
	return &auditLog{Logger: lumberjack.Logger{Filename: c.File, MaxSize: int(c.MaxMegabytes), MaxBackups: int(c.MaxFiles) - 1}}
}

// Write writes a line, the first one behind what a program left that was killed
// as it wrote. Where the file was moved or deleted meanwhile, with its folder
// maybe, it goes on in another one.
func (a *auditLog) Write(line []byte) (int, error) {
	if now, err := os.Stat(a.Filename); a.file != nil && (err != nil || !os.SameFile(a.file, now)) {
		_ = a.Close() // each line was written as it came
		a.file = nil
	}
	if a.file == nil && torn(a.Filename) {
		if _, err := a.Logger.Write([]byte("\n")); err != nil {
			return 0, err
		}
	}
	n, err := a.Logger.Write(line)
	a.file, _ = os.Stat(a.Filename)
	return n, err
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
