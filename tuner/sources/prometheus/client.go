// Package prometheus measures real servers by what a Prometheus knows of them.
package prometheus

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/api"
	apiv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/config"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sources/problems"
)

// Client is a [tuner.Meter] that asks a Prometheus, each time anew.
type Client struct {
	config    tuner.PrometheusServer
	api       apiv1.API
	transport http.RoundTripper
	servers   []tuner.Target
}

// New returns a client. It reads the files that its HTTP configuration names;
// the Prometheus is not asked yet.
func New(c tuner.PrometheusServer) (*Client, error) {
	httpClient, err := config.NewClientFromConfig(c.HTTP, "weight-tuner", config.WithUserAgent("weight-tuner"))
	if err != nil {
		return nil, err
	}
	transport := httpClient.Transport
	httpClient.Transport = bounded{transport}
	client, err := api.NewClient(api.Config{Address: c.URL, Client: httpClient})
	if err != nil {
		return nil, err
	}
	return &Client{config: c, api: apiv1.NewAPI(client), transport: transport}, nil
}

// Close implements [tuner.Meter].
func (c *Client) Close() { (&http.Client{Transport: c.transport}).CloseIdleConnections() }

// Watch implements [tuner.Meter].
func (c *Client) Watch(servers []tuner.Target) { c.servers = servers }

// Failing implements [tuner.Meter]. To ask Prometheus once a second would tell
// no more than it scrapes, so this says nothing.
func (c *Client) Failing(time.Time) []tuner.Observation { return nil }

// Observe implements [tuner.Meter].
func (c *Client) Observe(ctx context.Context, now time.Time) ([]tuner.Observation, error) {
	if len(c.servers) == 0 {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	var wrong problems.List
	match := newMatcher(c.servers, c.config)
	ask := func(name, query string) readings {
		if query == "" {
			return readings{}
		}
		value, warnings, _, err := c.api.Query(ctx, query, now)
		for _, w := range warnings {
			wrong.Add("query %s: warning: %s", name, w)
		}
		if err != nil {
			wrong.Add("query %s: %s", name, err)
			return readings{}
		}
		r := readings{known: true, of: make(map[tuner.Target]reading)}
		for _, problem := range r.read(value, match) {
			wrong.Add("query %s: %s", name, problem)
		}
		return r
	}
	a := answers{
		latency:  ask("latency", c.config.Latency),
		requests: ask("requests", c.config.Requests),
		errors:   ask("errors", c.config.Errors),
	}
	observations := a.observations(c.servers, &wrong)
	return observations, wrong.Err()
}
