package tuner

import (
	"io"
	"path/filepath"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
)

// ConfigError is everything that is wrong with a configuration.
type ConfigError = yamlfile.Error

// LoadConfig reads a configuration in YAML. name is the file's, for errors. A
// mistaken configuration gives a *ConfigError with every mistake. Files that it
// names are relative to its own folder.
func LoadConfig(r io.Reader, name string) (Config, error) {
	c, err := yamlfile.Read(r, name, "configuration", readConfig)
	for key, source := range c.Sources {
		source.setDirectory(filepath.Dir(name))
		c.Sources[key] = source
	}
	c.Etcd.setDirectory(filepath.Dir(name))
	for i := range c.Services {
		c.Services[i].When.setDirectory(filepath.Dir(name))
	}
	return c, err
}

func readConfig(v yamlfile.Value) Config {
	c := DefaultConfig()
	c.AuditLog.File = "" // is beside the state file, wherever that is
	var sources, services []yamlfile.Value
	v.Fields(map[string]func(yamlfile.Value){
		"dry_run":      func(v yamlfile.Value) { v.Boolean(&c.DryRun) },
		"interval":     func(v yamlfile.Value) { ReadInterval(v, &c.Interval) },
		"state_file":   func(v yamlfile.Value) { v.Text(&c.StateFile) },
		"on_exit":      func(v yamlfile.Value) { yamlfile.Choice(v, &c.OnExit, KeepAtExit, RestoreAtExit) },
		"coordination": func(v yamlfile.Value) { readCoordination(v, &c.Etcd) },
		"audit_log":    func(v yamlfile.Value) { readAuditLog(v, &c.AuditLog) },
		"sources":      func(v yamlfile.Value) { sources = append(sources, v) },
		"services":     func(v yamlfile.Value) { v.Items(func(item yamlfile.Value) { services = append(services, item) }) },
	})
	c.placeAuditLog()
	for _, s := range sources {
		readSources(s, c.Interval, c.Sources)
	}
	for _, s := range services {
		c.Services = append(c.Services, readService(s, c))
	}
	v.Require("services")
	c.checkCoordinated(v, services)
	return c
}

// readService reads an entry of services; the sources and the entries before
// it are in c.
func readService(v yamlfile.Value, c Config) ServiceConfig {
	s := DefaultService()
	fields := s.SettingFields()
	fields["netns"] = func(v yamlfile.Value) { readNetns(v, &s.Netns) }
	fields["match"] = func(v yamlfile.Value) { readMatch(v, &s) }
	fields["when"] = func(v yamlfile.Value) { readWhen(v, &s.When) }
	fields["scheduler"] = func(v yamlfile.Value) { readScheduler(v, &s.Scheduler) }
	fields["policy"] = func(v yamlfile.Value) { yamlfile.Choice(v, &s.Policy, Policies()...) }
	fields["source"] = func(v yamlfile.Value) { readServiceSource(v, &s.Source, c.Sources) }
	fields["autoscaling"] = func(v yamlfile.Value) { readAutoscaling(v, &s.Autoscaling) }
	v.Fields(fields)
	v.Require("match")
	s.checkNew(v, c.Services)
	s.checkWhen(v)
	return s
}

// SettingFields returns the keys that say how a virtual service is tuned, and
// what reads each into s; what is tuned, by which policy and source, is not
// among them.
func (s *ServiceConfig) SettingFields() map[string]func(yamlfile.Value) {
	return map[string]func(yamlfile.Value){
		"weights":    func(v yamlfile.Value) { readWeights(v, &s.Weights) },
		"thresholds": func(v yamlfile.Value) { readThresholds(v, &s.Thresholds) },
		"settle":     func(v yamlfile.Value) { v.Duration(&s.Settle, 0, longestWait, 1) },
		"guards":     func(v yamlfile.Value) { readGuards(v, &s.Guards) },
	}
}

// ReadInterval reads the time between two decisions; the kernel's counters are
// snapshots taken every two seconds.
func ReadInterval(v yamlfile.Value, into *time.Duration) {
	v.Duration(into, 4*time.Second, 10*time.Minute, 2*time.Second)
}

func readWeights(v yamlfile.Value, into *Weights) {
	v.Fields(map[string]func(yamlfile.Value){
		"min":              func(v yamlfile.Value) { v.Integer(&into.Min, 1, 65535) },
		"max":              func(v yamlfile.Value) { v.Integer(&into.Max, 1, 65535) },
		"max_change_ratio": func(v yamlfile.Value) { v.Ratio(&into.MaxChangeRatio) },
		"eject":            func(v yamlfile.Value) { v.Boolean(&into.Eject) },
	})
	if into.Min > into.Max {
		v.Problem("min %d is above max %d", into.Min, into.Max)
	}
}
