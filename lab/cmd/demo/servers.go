package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// server is a real server as the tuner's metrics have it. What they lack is
// not a number.
type server struct {
	service, name  string
	weight         float64
	latencySeconds float64 // smoothed
	share          float64 // of new connections, from 0 to 1
}

func getServers(ctx context.Context, url string) ([]server, error) {
	answer, err := get(ctx, url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	servers, err := parseServers(answer.Body)
	if err != nil {
		return nil, fmt.Errorf("metrics of %s: %w", url, err)
	}
	return servers, nil
}

// parseServers returns the real servers of metrics in the text format, by
// service and name.
func parseServers(metrics io.Reader) ([]server, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(metrics)
	if err != nil {
		return nil, err
	}
	samples, err := expfmt.ExtractSamples(&expfmt.DecodeOptions{}, slices.Collect(maps.Values(families))...)
	if err != nil {
		return nil, err
	}
	servers := map[[2]string]server{}
	for _, sample := range samples {
		id := [2]string{string(sample.Metric["service"]), string(sample.Metric["server"])}
		s, known := servers[id]
		if !known {
			s = server{id[0], id[1], math.NaN(), math.NaN(), math.NaN()}
		}
		if s.learn(string(sample.Metric[model.MetricNameLabel]), float64(sample.Value)) {
			servers[id] = s
		}
	}
	return slices.SortedFunc(maps.Values(servers), func(a, b server) int {
		return cmp.Or(cmp.Compare(a.service, b.service), cmp.Compare(a.name, b.name))
	}), nil
}

// learn takes the value of a metric, if it is one of a real server's.
func (s *server) learn(metric string, value float64) bool {
	switch metric {
	case "weight_tuner_server_weight":
		s.weight = value
	case "weight_tuner_server_latency_seconds":
		s.latencySeconds = value
	case "weight_tuner_server_target_share_ratio":
		s.share = value
	default:
		return false
	}
	return true
}
