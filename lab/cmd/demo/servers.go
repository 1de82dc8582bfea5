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
	servers := map[[2]string]*server{}
	for family, field := range map[string]func(*server) *float64{
		"weight_tuner_server_weight":             func(s *server) *float64 { return &s.weight },
		"weight_tuner_server_latency_seconds":    func(s *server) *float64 { return &s.latencySeconds },
		"weight_tuner_server_target_share_ratio": func(s *server) *float64 { return &s.share },
	} {
		for _, m := range families[family].GetMetric() {
			var id [2]string
			for _, label := range m.GetLabel() {
				switch label.GetName() {
				case "service":
					id[0] = label.GetValue()
				case "server":
					id[1] = label.GetValue()
				}
			}
			if servers[id] == nil {
				servers[id] = &server{id[0], id[1], math.NaN(), math.NaN(), math.NaN()}
			}
			*field(servers[id]) = m.GetGauge().GetValue()
		}
	}
	return sorted(servers), nil
}

func sorted(servers map[[2]string]*server) []server {
	var list []server
	for s := range maps.Values(servers) {
		list = append(list, *s)
	}
	slices.SortFunc(list, func(a, b server) int {
		return cmp.Or(cmp.Compare(a.service, b.service), cmp.Compare(a.name, b.name))
	})
	return list
}
