// Package packets measures real servers by the packets that the director
// forwards to them.
package packets

import (
	"context"
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// Options say where readings come from.
type Options struct {
	Read  func() ([]passive.Reading, []passive.Loss, error) // since the start
	Netns func() (map[uint32]string, error)                 // names of the tuned network namespaces by inode number; "" is the program's own
	Close func() error
}

// Meter is a [tuner.Meter] of the differences between readings.
type Meter struct {
	options Options
	servers []tuner.Target
	known   known
	since   time.Time // the last reading, or the start
	read    bool      // anything ever
}

// New returns a meter whose first window begins now.
func New(o Options, now time.Time) *Meter {
	return &Meter{options: o, known: known{}, since: now}
}

// Watch says of which servers to tell.
func (m *Meter) Watch(servers []tuner.Target) { m.servers = servers }

// Observe returns what was measured since it was last asked. There is nothing of
// services of which no answer was ever timed: whether they are idle or cannot be
// measured is not known. Nor is there where there was no room for all real servers,
// of services with one of which no answer was ever timed. Until anything was read
// the error is an [tuner.AbsentError].
func (m *Meter) Observe(_ context.Context, now time.Time) ([]tuner.Observation, error) {
	readings, losses, err := m.options.Read()
	if err != nil {
		if !m.read {
			m.since = now // nothing is counted yet
			err = &tuner.AbsentError{Err: err}
		}
		return nil, err
	}
	m.read = true
	names, err := m.options.Netns()
	if len(names) == 0 {
		return nil, err
	}
	seconds := now.Sub(m.since).Seconds()
	if seconds <= 0 {
		return nil, err
	}
	m.known.take(readings, names)
	m.since = now
	full := slices.ContainsFunc(losses, func(l passive.Loss) bool { return l.Reason == passive.NoRoom })
	return m.known.observations(m.servers, full, now, seconds), err
}

// Failing returns none: an answer that does not come is none.
func (m *Meter) Failing(time.Time) []tuner.Observation { return nil }

// Close has the kernel forget what was measured.
func (m *Meter) Close() { _ = m.options.Close() }
