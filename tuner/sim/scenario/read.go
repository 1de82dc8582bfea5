package scenario

import (
	"io"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
)

// The longest times that a scenario can name.
const (
	longestRun  = 7 * 24 * time.Hour
	longestWait = 24 * time.Hour // of one connection
	longestWork = time.Hour      // of one request
)

// file is a scenario that is being read.
type file struct {
	open   func(string) (io.ReadCloser, error)
	config sim.Config
	groups map[string][]ipvs.ServerID // the real servers by their group's name
}

// fields reads a mapping whose keys are known.
type fields = map[string]func(yamlfile.Value)

// read reads the root. Sections that refer to others are read after them,
// wherever they stand.
func (f *file) read(v yamlfile.Value) sim.Config {
	c := &f.config
	c.Tuner = defaultTuner()
	later := make(map[string]yamlfile.Value)
	postpone := func(key string) func(yamlfile.Value) {
		return func(v yamlfile.Value) { later[key] = v }
	}
	v.Fields(fields{
		"duration":     func(v yamlfile.Value) { v.Duration(&c.Duration, time.Second, longestRun, 1) },
		"measure_from": func(v yamlfile.Value) { f.readInstant(v, &c.MeasureFrom) },
		"service":      f.readService,
		"servers":      postpone("servers"),
		"traffic":      postpone("traffic"),
		"clients":      postpone("clients"),
		"meter":        f.readMeter,
		"events":       postpone("events"),
		"tuner":        func(v yamlfile.Value) { readTuner(v, &c.Tuner) },
	})
	for _, key := range []string{"duration", "service", "servers", "traffic"} {
		v.Require(key)
	}
	f.readAfter(later)
	if c.Duration > 0 && c.MeasureFrom >= c.Duration {
		v.Problem("measure_from %s is not before the end at %s", c.MeasureFrom, c.Duration)
	}
	return *c
}

func (f *file) readAfter(later map[string]yamlfile.Value) {
	f.config.Clients = f.defaultClients()
	for _, section := range []struct {
		key  string
		read func(yamlfile.Value)
	}{
		{"servers", f.readServers},
		{"traffic", f.readTraffic},
		{"clients", f.readClients},
		{"events", f.readEvents},
	} {
		if v, ok := later[section.key]; ok {
			section.read(v)
		}
	}
}

// readInstant reads an instant of the run.
func (f *file) readInstant(v yamlfile.Value, into *time.Duration) {
	v.Duration(into, 0, longestRun, 1)
}

// defaultTuner is the tuner as its own configuration has it.
func defaultTuner() sim.Tuner {
	return sim.Tuner{Interval: tuner.DefaultConfig().Interval, Watch: tuner.SampleInterval, Settings: tuner.DefaultService()}
}

func readTuner(v yamlfile.Value, into *sim.Tuner) {
	known := into.Settings.SettingFields()
	known["interval"] = func(v yamlfile.Value) { tuner.ReadInterval(v, &into.Interval) }
	known["watch"] = func(v yamlfile.Value) { v.Duration(&into.Watch, 0, 10*time.Minute, 1) }
	v.Fields(known)
	if into.Watch > into.Interval {
		v.Problem("watch %s is above interval %s", into.Watch, into.Interval)
	}
}
