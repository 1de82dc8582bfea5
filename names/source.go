package names

import (
	"sync"
	"time"
)

// The sources of names, as they are called in logs and metrics.
const (
	SourceFile   = "file"
	SourceDocker = "docker"
	SourceDNS    = "dns"
)

// SourceStatus says how a source of names does.
type SourceStatus struct {
	Source      string
	Err         error     // of the last read; nil when it worked, or was not tried yet
	LastSuccess time.Time // zero when no read has worked yet
}

// status keeps a source's status and reports its changes.
type status struct {
	report func(source string, err error)

	mu  sync.Mutex
	now SourceStatus
}

func newStatus(source string, report func(string, error)) *status {
	return &status{report: report, now: SourceStatus{Source: source}}
}

// note takes in what a read came to, and reports it unless the one before it
// came to the same.
func (s *status) note(err error) {
	s.mu.Lock()
	changed := text(err) != text(s.now.Err)
	s.now.Err = err
	if err == nil {
		s.now.LastSuccess = time.Now()
	}
	s.mu.Unlock()
	if changed && s.report != nil {
		s.report(s.now.Source, err)
	}
}

func (s *status) get() SourceStatus {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
