package main

import (
	"math"
	"reflect"
	"strings"
	"testing"
)

func TestParseServers(t *testing.T) {
	if _, err := parseServers(strings.NewReader("<html>")); err == nil {
		t.Error("no error for what is not metrics")
	}
	servers, err := parseServers(strings.NewReader(`# TYPE weight_tuner_server_weight gauge
weight_tuner_server_weight{netns="",server="10.0.2.12:8080",service="tcp/10.0.1.100:80"} 20
weight_tuner_server_weight{netns="",server="10.0.2.11:8080",service="tcp/10.0.1.100:80"} 100
weight_tuner_server_weight{netns="",server="10.0.2.11:8080",service="fwm/258"} 1
# TYPE weight_tuner_server_latency_seconds gauge
weight_tuner_server_latency_seconds{server="10.0.2.12:8080",service="tcp/10.0.1.100:80"} 0.16
# TYPE weight_tuner_server_target_share_ratio gauge
weight_tuner_server_target_share_ratio{server="10.0.2.12:8080",service="tcp/10.0.1.100:80"} 0.2
# TYPE weight_tuner_writes_total counter
weight_tuner_writes_total 3
`))
	if err != nil {
		t.Fatal(err)
	}
	for i := range servers {
		servers[i] = withoutNaN(servers[i])
	}
	want := []server{
		{"fwm/258", "10.0.2.11:8080", 1, -1, -1},
		{"tcp/10.0.1.100:80", "10.0.2.11:8080", 100, -1, -1},
		{"tcp/10.0.1.100:80", "10.0.2.12:8080", 20, 0.16, 0.2},
	}
	if !reflect.DeepEqual(servers, want) {
		t.Errorf("real servers\n%v, want\n%v", servers, want)
	}
}

// withoutNaN has -1 for what is not a number, which equals nothing.
func withoutNaN(s server) server {
	for _, value := range []*float64{&s.weight, &s.latencySeconds, &s.share} {
		if math.IsNaN(*value) {
			*value = -1
		}
	}
	return s
}
