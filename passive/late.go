package passive

import (
	"errors"
	"sync"
)

// Late is a [Meter] that opens as soon as it can: at once, or when the module
// ip_vs is loaded.
type Late struct {
	options Options
	settled func(attached string)

	mu    sync.Mutex
	meter *Meter // nil until it is open
	err   error  // why it is not
}

// OpenLate opens a meter if the kernel lets it, and else tries again at each read
// as long as only the module is missing. Once that is over settled is called with
// the method by which the meter is open, "" if it never will be.
func OpenLate(o Options, settled func(attached string)) *Late {
	l := &Late{options: o, settled: settled, err: ErrNotLoaded}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open()
	return l
}

func (l *Late) open() {
	if l.meter != nil || !errors.Is(l.err, ErrNotLoaded) {
		return
	}
	meter, err := Open(l.options)
	l.err = err
	switch {
	case err == nil:
		l.meter = meter
		l.settled(string(meter.Method()))
	case !errors.Is(err, ErrNotLoaded):
		l.settled("")
	}
}

// Method returns that of the meter, "" if it is not open.
func (l *Late) Method() Method {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open(); l.meter == nil {
		return ""
	}
	return l.meter.Method()
}

// Read is that of the meter; the error says why it is not open.
func (l *Late) Read() ([]Reading, []Loss, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open(); l.err != nil {
		return nil, nil, l.err
	}
	return l.meter.Read()
}

var errClosed = errors.New("passive: the meter is closed")

// Close closes the meter, which is not opened again.
func (l *Late) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	meter := l.meter
	if l.meter, l.err = nil, errClosed; meter == nil {
		return nil
	}
	return meter.Close()
}
