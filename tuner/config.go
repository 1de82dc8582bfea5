package tuner

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/limits"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/scaling"
)

// Config is a validated configuration; see LoadConfig.
type Config struct {
	DryRun    bool          // decide, but write neither to a director nor the state
	Interval  time.Duration // between decisions
	StateFile string
	OnExit    ExitAction
	AuditLog  AuditLog
	Etcd      *Etcd // that coordinates several directors; nil is none
	Sources   map[string]Source
	Services  []ServiceConfig // the first that matches a virtual service holds

	here here // of one network namespace
}

// ServiceConfig says how the virtual services that match are tuned.
type ServiceConfig struct {
	Netns       string // pattern of the file of the network namespace, or of its name alone; "" is the program's own
	Match       string // an identity or a glob of one; "" where Name says which
	Name        string // what the virtual service is called; "" where Match says which
	Scheduler   string // that the service is to have; "" is the one that it has
	When        When   // the tuner writes; otherwise this director is on standby
	Policy      Policy
	Source      ServiceSource
	Weights     Weights
	Settle      time.Duration // how long somebody else's edit of a weight is left alone
	Thresholds  limits.Settings
	Autoscaling scaling.Settings
	Guards      Guards

	standby string // why this director is not to write; "" is that it may
	writers string // others who are known to write weights on this director; "" is none
	order   *order // of the director that plans; nil is this one
}

// Policy is what the weights of a virtual service are to achieve.
type Policy string

const (
	// Static leaves the weights alone.
	Static Policy = "static"
	// InverseLatency makes the weights follow 1/latency, as scripts commonly do.
	InverseLatency Policy = "inverse_latency"
	// Overhead has schedulers that count no connections share as wlc would.
	Overhead Policy = "overhead"
	// Equalize makes the real servers answer equally fast.
	Equalize Policy = "equalize"
	// Optimize makes the mean latency least.
	Optimize Policy = "optimize"
)

// Policies returns the policies that a configuration may name.
func Policies() []Policy { return []Policy{Static, InverseLatency, Overhead, Equalize, Optimize} }

// Weights bounds what is written to a real server.
type Weights struct {
	Min, Max       uint32  // 1 to 65535
	MaxChangeRatio float64 // most that a server's share may change in a step, as a part of itself; above 0, at most 1
	Eject          bool    // a server that fails gets a weight of 0
}

// kernelSource is the other name of the source connections.
const kernelSource = "kernel"

// builtInSources returns those that need no entry.
func builtInSources() map[string]Source {
	return map[string]Source{
		kernelSource:        {Type: Connections},
		string(Connections): {Type: Connections},
		string(Passive):     {Type: Passive, Packets: defaultPackets()},
	}
}

// DefaultConfig returns what holds where a file says nothing.
func DefaultConfig() Config {
	return Config{
		Interval:  10 * time.Second,
		StateFile: "/var/lib/weight-tuner/state.json",
		OnExit:    KeepAtExit,
		AuditLog:  AuditLog{File: "/var/lib/weight-tuner/audit.jsonl", MaxMegabytes: 100, MaxFiles: 5},
		Sources:   builtInSources(),
	}
}

// DefaultService returns what holds where an entry of services says nothing.
func DefaultService() ServiceConfig {
	return ServiceConfig{
		When:        When{Condition: Always},
		Policy:      Optimize,
		Source:      ServiceSource{Latency: []string{string(Passive), string(Connections)}, Errors: string(Passive)},
		Weights:     Weights{Min: 1, Max: 1000, MaxChangeRatio: 0.3},
		Settle:      10 * time.Minute,
		Thresholds:  limits.Default(),
		Autoscaling: scaling.Default(),
		Guards:      defaultGuards(),
	}
}

// service returns the configuration of a virtual service, with what holds of it
// here, and whether there is one.
func (c Config) service(id ipvs.ServiceID) (ServiceConfig, bool) {
	for _, s := range c.Services {
		if ipvs.MatchGlob(s.Match, id.String()) {
			if standby := s.When.standby(id, &c.here); standby != "" {
				s.standby = standby
			}
			if c.here.writers != "" {
				s.writers = c.here.writers
			}
			s.order = c.here.follows.order(id)
			return s, true
		}
	}
	return ServiceConfig{}, false
}
