package main

import (
	"errors"
	"sync"

	"go.uber.org/zap"

	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
)

// latencyMeter is opened as soon as it can be.
type latencyMeter struct {
	log     *zap.Logger
	options passive.Options

	mu    sync.Mutex
	meter *passive.Meter // nil until it is open
	err   error          // why it is not
}

// newLatencyMeter returns a meter that counts from now on, if the kernel lets it.
func newLatencyMeter(log *zap.Logger, o passive.Options) *latencyMeter {
	m := &latencyMeter{log: log, options: o, err: passive.ErrNotLoaded}
	_, _ = m.open()
	return m
}

// open tries again as long as only the kernel's module is missing.
func (m *latencyMeter) open() (*passive.Meter, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.meter == nil && errors.Is(m.err, passive.ErrNotLoaded) {
		if m.meter, m.err = passive.Open(m.options); m.err == nil {
			m.log.Info("real servers are timed", zap.String("attached", string(m.meter.Method())))
		}
	}
	return m.meter, m.err
}

func (m *latencyMeter) read() ([]passive.Reading, []passive.Loss, error) {
	meter, err := m.open()
	if err != nil {
		return nil, nil, err
	}
	return meter.Read()
}

// method returns how the program is attached, "" if it is not.
func (m *latencyMeter) method() passive.Method {
	meter, err := m.open()
	if err != nil {
		return ""
	}
	return meter.Method()
}
