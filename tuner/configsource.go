package tuner

import (
	"time"

	"github.com/prometheus/common/config"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
)

// Source is where observations come from.
type Source struct {
	Type       SourceType
	Probe      Probe            // of the types HTTP and TCP
	Prometheus PrometheusServer // of the type Prometheus
}

// SourceType is a kind of source.
type SourceType string

const (
	// Connections is Little's law on the director's own counters.
	Connections SourceType = "connections"
	// HTTP is requests to the real servers by the tuner itself.
	HTTP SourceType = "http"
	// TCP is connections to the real servers by the tuner itself.
	TCP SourceType = "tcp"
	// Prometheus is what a Prometheus knows.
	Prometheus SourceType = "prometheus"
)

// probes reports whether the tuner itself asks the real servers.
func (s Source) probes() bool { return s.Type == HTTP || s.Type == TCP }

// tellsLatency and tellsErrors report what there is to be had of a source.
func (s Source) tellsLatency() bool { return s.Type != Prometheus || s.Prometheus.Latency != "" }
func (s Source) tellsErrors() bool  { return s.probes() || s.Prometheus.Errors != "" }

// ServiceSource says where what is known of a virtual service comes from; both
// are keys of Config.Sources. One of them may tell nothing of its kind.
type ServiceSource struct{ Latency, Errors string }

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
		yamlfile.Choice(entry, &s.Type, Connections, HTTP, TCP, Prometheus)
		if s.Type == "" {
			return s
		}
	}
	fields := map[string]func(yamlfile.Value){}
	switch s.Type {
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

// readServiceSource reads the name of a source, or of one for each kind of
// measurement.
func readServiceSource(v yamlfile.Value, into *ServiceSource, sources map[string]Source) {
	if _, single := v.Scalar(); single {
		readSourceName(v, &into.Latency, sources)
		into.Errors = into.Latency
		requireLatency(v, into.Latency, sources)
		return
	}
	if !v.Has("latency") && !v.Has("errors") {
		v.Problem("is neither the name of a source nor {latency: NAME, errors: NAME}")
		return
	}
	v.Fields(map[string]func(yamlfile.Value){
		"latency": func(v yamlfile.Value) {
			readSourceName(v, &into.Latency, sources)
			requireLatency(v, into.Latency, sources)
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
