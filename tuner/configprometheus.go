package tuner

import (
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
)

// PrometheusServer says what to ask a Prometheus, in PromQL; "" is nothing.
type PrometheusServer struct {
	URL          string
	Latency      string // mean, in seconds
	Requests     string // answers per second, failed ones too
	Errors       string // failed ones per second
	ServerLabel  string // has the real server
	ServiceLabel string // has the virtual service; "" is none
	Timeout      time.Duration
	HTTP         config.HTTPClientConfig
}

func defaultPrometheus(interval time.Duration) PrometheusServer {
	return PrometheusServer{
		ServerLabel: model.InstanceLabel,
		Timeout:     min(2*time.Second, interval/2),
		HTTP:        config.DefaultHTTPClientConfig,
	}
}

func (p *PrometheusServer) fields(interval time.Duration) map[string]func(yamlfile.Value) {
	return map[string]func(yamlfile.Value){
		"url":           func(v yamlfile.Value) { readURL(v, &p.URL) },
		"latency":       func(v yamlfile.Value) { v.Text(&p.Latency) },
		"requests":      func(v yamlfile.Value) { v.Text(&p.Requests) },
		"errors":        func(v yamlfile.Value) { v.Text(&p.Errors) },
		"server_label":  func(v yamlfile.Value) { readLabel(v, &p.ServerLabel) },
		"service_label": func(v yamlfile.Value) { readLabel(v, &p.ServiceLabel) },
		"timeout": func(v yamlfile.Value) {
			v.Duration(&p.Timeout, 10*time.Millisecond, interval/2, 1)
		},
		"http": func(v yamlfile.Value) { v.Structure(&p.HTTP, unsupported) },
	}
}

// check refuses what says too little.
func (p *PrometheusServer) check(v yamlfile.Value) {
	v.Require("url")
	switch errors, ok := v.Entry("errors"); {
	case ok && p.Requests == "":
		errors.Problem("are failed requests per second, and need requests to be a part of")
	case !ok && p.Latency == "":
		v.Problem("has neither latency nor errors")
	}
}

// unsupported reports whether a key of Prometheus's own configuration needs
// what only Prometheus has, such as a secret manager.
func unsupported(key string) bool { return strings.HasSuffix(key, "_ref") || key == "claims" }

func readURL(v yamlfile.Value, into *string) {
	v.Text(into)
	if u, err := url.Parse(*into); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		v.Problem("is not a URL such as http://127.0.0.1:9090")
	}
}

func readLabel(v yamlfile.Value, into *string) {
	v.Text(into)
	if !model.LegacyValidation.IsValidLabelName(*into) {
		v.Problem("%s is not the name of a label", *into)
	}
}
