package probe

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sources/problems"
)

// dial opens a connection; the deadline of the context holds.
type dial func(ctx context.Context, address netip.AddrPort) (net.Conn, error)

// ask asks a server once, and returns what it is to be blamed for.
type ask func(ctx context.Context, s *subject) error

// Prober is a [tuner.Meter] that asks the real servers. It asks each of them
// once at a time, in one goroutine; another one, the scheduler, says when, and
// alone knows the servers.
type Prober struct {
	config tuner.Probe
	ask    ask

	running  context.Context
	stop     context.CancelFunc
	tasks    sync.WaitGroup
	requests chan func() // run by the scheduler
	ended    chan ended

	// The scheduler's own.
	subjects map[netip.AddrPort]*subject // without those that have no port
	servers  []tuner.Target
	waiting  queue
	problems problems.List
}

// ended is how a probe ended.
type ended struct {
	subject *subject
	took    time.Duration
	err     error
}

// NewHTTP returns a prober that makes HTTP requests. It runs until it is
// closed.
func NewHTTP(config tuner.Probe) (*Prober, error) {
	return newHTTP(config, dialTCP)
}

// NewTCP returns a prober that opens connections and closes them. It runs until
// it is closed.
func NewTCP(config tuner.Probe) *Prober { return newTCP(config, dialTCP) }

// dialTCP opens connections that end in a reset. Closed in the usual way, those
// of ten thousand servers would leave more than a hundred thousand behind, each
// for a minute, and make every new one costly.
func dialTCP(ctx context.Context, address netip.AddrPort) (net.Conn, error) {
	dialer := net.Dialer{KeepAlive: -1} // probes are too short for it
	c, err := dialer.DialTCP(ctx, "tcp", netip.AddrPort{}, address)
	if err != nil {
		return nil, err
	}
	return c, c.SetLinger(0)
}

func start(config tuner.Probe, ask ask) *Prober {
	p := &Prober{
		config:   config,
		ask:      ask,
		requests: make(chan func()),
		ended:    make(chan ended, 64),
		subjects: make(map[netip.AddrPort]*subject),
	}
	p.running, p.stop = context.WithCancel(context.Background())
	p.tasks.Go(p.schedule)
	return p
}

// Close ends the prober and the probes under way.
func (p *Prober) Close() {
	p.stop()
	p.tasks.Wait()
	for _, s := range p.subjects {
		s.drop()
	}
	for _, s := range p.waiting { // for those that are gone
		s.drop()
	}
}

// Watch implements [tuner.Meter].
func (p *Prober) Watch(servers []tuner.Target) {
	p.request(func() { p.watch(servers, time.Now()) })
}

// Observe implements [tuner.Meter]. Probes that are under way belong to the
// time in which they end.
func (p *Prober) Observe(_ context.Context, now time.Time) (observations []tuner.Observation, err error) {
	p.request(func() { observations, err = p.observe(now) })
	return observations, err
}

// Failing implements [tuner.Meter]: the newest probes failed, two at least.
func (p *Prober) Failing(now time.Time) (observations []tuner.Observation) {
	p.request(func() { observations = p.failing(now) })
	return observations
}

// request has the scheduler do something, and waits for it. A closed prober
// does nothing.
func (p *Prober) request(do func()) {
	done := make(chan struct{})
	select {
	case p.requests <- func() { do(); close(done) }:
		<-done
	case <-p.running.Done():
	}
}
