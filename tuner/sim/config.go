package sim

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/limits"
)

// Config is a scenario: everything of a run but the policy. Times count from
// the start of the run.
type Config struct {
	Duration    time.Duration
	MeasureFrom time.Duration // requests that begin earlier count in no latency and no error
	Seed        uint64
	Service     Service
	Servers     []Server
	Traffic     Traffic
	Clients     Clients
	Meter       *Meter // nil: the tuner has the director's own counters alone
	Events      []Event
	Tuner       Tuner
}

// Service is the virtual service and the director that offers it.
type Service struct {
	ID             ipvs.ServiceID
	Scheduler      string
	Flags          ipvs.Flags
	Persistence    time.Duration // with ipvs.FlagPersistent
	Netmask        ipvs.Netmask
	Forward        ipvs.Forward  // of all servers
	OverheadFactor uint32        // of the kernel: 256 or 257; 0 is 257
	Timeouts       ipvs.Timeouts // 0 is the kernel's default: 900 s, 120 s, 300 s

	// ExpireQuiescentTemplate is the sysctl: persistent clients leave a server
	// of weight 0.
	ExpireQuiescentTemplate bool
}

// Tuner is how the tuner is set.
type Tuner struct {
	Interval time.Duration // between decisions, and of the result's series
	// Watch is the time between two looks at the director's table in between,
	// at most the interval; 0 is none, as where plan is called once a period.
	Watch time.Duration
	// Settings hold for the service; the oracle sets thresholds too where they
	// say so. Their match, policy and source are the
	// run's own affair.
	Settings tuner.ServiceConfig
}

// Limited reports whether the policy is to set thresholds.
func (t *Tuner) Limited() bool { return t.Settings.Thresholds.Policy == limits.Concurrency }

// Meter is a source of observations besides the director, as a monitoring
// system: it reads counters of each server again and again and tells what they
// grew by in a window.
type Meter struct {
	Every  time.Duration // between two readings of the counters
	Window time.Duration // a multiple of Every
	Lag    time.Duration // age of the newest reading that can be asked for

	Sampled       float64 // part of the requests that is counted, by chance; 0 is all
	Missing       float64 // part of the readings of a server that fails, by chance
	Outliers      float64 // part of the latencies told that is wrong, by chance
	OutlierFactor float64 // by which those are too high

	// AtServers: the servers count, not their clients. So requests that are
	// refused or never answered are not seen, and a server that is down or
	// hangs cannot be read.
	AtServers bool
	// Passive: it is the director that times answers, by its packets, as they
	// leave the servers. Answers are all alike to it, those of errors too, and a
	// server without one is idle.
	Passive bool
	// Successes: the latency of the answers that did not fail is told too.
	Successes bool
	// ErrorsOnly: the tuner goes by it for errors alone, and by the director's
	// counters for latencies.
	ErrorsOnly bool
}
