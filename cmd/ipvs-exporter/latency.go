package main

import (
	"errors"
	"sync"

	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
)

// latencyMeter is opened as soon as it can be.
type latencyMeter struct {
	options passive.Options

	mu    sync.Mutex
	meter *passive.Meter // nil until it is open
	err   error          // why it is not
}

// newLatencyMeter returns a meter that counts from now on, if the kernel lets it.
func newLatencyMeter(o passive.Options) *latencyMeter {
	m := &latencyMeter{options: o, err: passive.ErrNotLoaded}
	_, _ = m.open()
	return m
}

// open tries again as long as only the kernel's module is missing.
func (m *latencyMeter) open() (*passive.Meter, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.meter == nil && errors.Is(m.err, passive.ErrNotLoaded) {
		m.meter, m.err = passive.Open(m.options)
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
