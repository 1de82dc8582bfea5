package tuner

import (
	"slices"
	"time"

	"github.com/prometheus/common/config"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
)

// Source is where observations come from.
type Source struct {
	Type       SourceType
	Packets    Packets          // of the type Passive
	Probe      Probe            // of the types HTTP and TCP
	Prometheus PrometheusServer // of the type Prometheus
}

// SourceType is a kind of source.
type SourceType string

const (
	// Connections is Little's law on the director's own counters.
	Connections SourceType = "connections"
	// Passive is what the director sees of requests and answers in its packets.
	Passive SourceType = "passive"
	// HTTP is requests to the real servers by the tuner itself.
	HTTP SourceType = "http"
	// TCP is connections to the real servers by the tuner itself.
	TCP SourceType = "tcp"
	// Prometheus is what a Prometheus knows.
	Prometheus SourceType = "prometheus"
)

// probes reports whether the tuner itself asks the real servers.
func (s Source) probes() bool { return s.Type == HTTP || s.Type == TCP }

// takesTime reports whether there is nothing to be had of a source until it has
// watched for a while.
func (s Source) takesTime() bool { return s.probes() || s.Type == Passive }

// tellsLatency and tellsErrors report what there is to be had of a source.
func (s Source) tellsLatency() bool { return s.Type != Prometheus || s.Prometheus.Latency != "" }
func (s Source) tellsErrors() bool  { return s.probes() || s.Prometheus.Errors != "" }

// ServiceSource says where what is known of a virtual service comes from, by
// keys of Config.Sources.
type ServiceSource struct {
	Latency []string // the first that tells anything serves; at least one
	Errors  string   // may tell none
}

// last returns the source of latency that serves where no other does.
func (s ServiceSource) last() string { return s.Latency[len(s.Latency)-1] }

// all returns each of the names once.
func (s ServiceSource) all() []string {
	if slices.Contains(s.Latency, s.Errors) {
		return s.Latency
	}
	return append(slices.Clip(s.Latency), s.Errors)
}

// Without returns the configuration without some sources, but where a service
// has no other one after them.
func (c Config) Without(sources ...string) Config {
	c.Services = slices.Clone(c.Services)
	for i := range c.Services {
		s := &c.Services[i].Source
		left := func(name string) bool { return name != s.last() && slices.Contains(sources, name) }
		s.Latency = slices.DeleteFunc(slices.Clone(s.Latency), left)
		if left(s.Errors) {
			s.Errors = s.last()
		}
	}
	return c
}

// setDirectory has the names of files be relative to that of the
// configuration.
func (s *Source) setDirectory(folder string) {
	s.Probe.TLS.SetDirectory(folder)
	s.Prometheus.HTTP.SetDirectory(folder)
}

// readSources reads the sources for decisions at the given interval.
func readSources(v yamlfile.Value, interval time.Duration, into map[string]Source) {
	v.Entries(func(name string, _, entry yamlfile.Value) { into[name] = readSource(entry, interval) })
}

func readSource(v yamlfile.Value, interval time.Duration) Source {
	var s Source
	if entry, ok := v.Entry("type"); ok {
		yamlfile.Choice(entry, &s.Type, Connections, Passive, HTTP, TCP, Prometheus)
		if s.Type == "" {
			return s
		}
	}
	fields := map[string]func(yamlfile.Value){}
	switch s.Type {
	case Passive:
		s.Packets = defaultPackets()
		fields = s.Packets.fields()
	case HTTP:
		s.Probe = defaultHTTPProbe(interval)
		fields = s.Probe.httpFields(interval)
	case TCP:
		s.Probe = defaultProbe(interval)
		fields = s.Probe.fields(interval)
	case Prometheus:
		s.Prometheus = defaultPrometheus(interval)
		fields = s.Prometheus.fields(interval)
	}
	fields["type"] = func(yamlfile.Value) {}
	v.Fields(fields)
	v.Require("type")
	switch s.Type {
	case HTTP:
		s.Probe.checkTLS(v)
	case Prometheus:
		s.Prometheus.check(v)
	}
	return s
}

// readServiceSource reads the sources, for both kinds of measurement or for each.
func readServiceSource(v yamlfile.Value, into *ServiceSource, sources map[string]Source) {
	if !v.Has("latency") && !v.Has("errors") {
		names := readSourceNames(v, "is neither the name of a source, nor a list of names, nor {latency: NAME, errors: NAME}", sources)
		if len(names) > 0 {
			*into = ServiceSource{names, errorsAmong(names, sources)}
		}
		return
	}
	v.Fields(map[string]func(yamlfile.Value){
		"latency": func(v yamlfile.Value) {
			if names := readSourceNames(v, "is neither the name of a source nor a list of names", sources); len(names) > 0 {
				into.Latency = names
			}
		},
		"errors": func(v yamlfile.Value) {
			into.Errors = ""
			readSourceName(v, &into.Errors, sources)
			if s := sources[into.Errors]; s.Type != "" && !s.tellsErrors() {
				v.Problem("%s tells no errors", into.Errors)
			}
		},
	})
	v.Require("latency")
	v.Require("errors")
}

// errorsAmong returns the first of the sources that tells errors, else the first.
func errorsAmong(names []string, sources map[string]Source) string {
	for _, name := range names {
		if s := sources[name]; s.tellsErrors() {
			return name
		}
	}
	return names[0]
}

// readSourceNames reads the name of a source of latency, or a list of names; why
// is what is wrong with anything else.
func readSourceNames(v yamlfile.Value, why string, sources map[string]Source) (names []string) {
	read := func(v yamlfile.Value) {
		var name string
		readSourceName(v, &name, sources)
		switch {
		case name == "":
			return
		case slices.Contains(names, name):
			v.Problem("%s is there twice", name)
		case len(names) > 0 && sources[names[len(names)-1]].Type == Connections:
			v.Problem("%s is never asked: %s always serves", name, names[len(names)-1])
		}
		requireLatency(v, name, sources)
		names = append(names, name)
	}
	if _, single := v.Scalar(); single {
		read(v)
		return names
	}
	if !v.List() {
		v.Problem("%s", why)
		return nil
	}
	v.Items(read)
	return names
}

func requireLatency(v yamlfile.Value, name string, sources map[string]Source) {
	if s := sources[name]; s.Type != "" && !s.tellsLatency() {
		v.Problem("%s tells no latency", name)
	}
}

func readSourceName(v yamlfile.Value, into *string, sources map[string]Source) {
	var name string
	v.Text(&name)
	if name == "" {
		return
	}
	if _, ok := sources[name]; !ok {
		v.Problem("%s is not one of the sources", name)
		return
	}
	*into = name
}

// readTLS reads the configuration of TLS that Prometheus has.
func readTLS(v yamlfile.Value, into *config.TLSConfig) { v.Structure(into, unsupported) }
