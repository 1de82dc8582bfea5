package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestGrafanaIsToldOfTheDashboards(t *testing.T) {
	home := haveGrafana(t)
	s := stage{temp: t.TempDir(), screen: newScreen(io.Discard), ports: ports{
		prometheus: port{9091, 9090}, grafana: port{3001, 3000},
	}}
	grafana, ok := s.grafana()
	if !ok {
		t.Fatal("Grafana is not found")
	}
	flags := grafana(t.Context()).Error() // it has ended
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	for want, text := range map[string]string{
		"--homepath=" + home + " ":                                        flags,
		"cfg:default.paths.provisioning=" + s.temp + "/provisioning ":     flags,
		"cfg:default.server.http_port=3001 ":                              flags,
		"type: file, options: {path: '" + root + "/dashboards'}":          read(t, s.inTemp("provisioning/dashboards/ipvs.yaml")),
		"type: prometheus, access: proxy, url: 'http://127.0.0.1:9091', ": read(t, s.inTemp("provisioning/datasources/prometheus.yaml")),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

func TestGrafanaIsNotStarted(t *testing.T) {
	none := t.TempDir()
	haveGrafana(t)
	for name, tt := range map[string]struct {
		path  string
		ports ports
	}{
		"no Grafana":    {none, ports{prometheus: port{9090, 9090}, grafana: port{3000, 3000}}},
		"no Prometheus": {os.Getenv("PATH"), ports{grafana: port{3000, 3000}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("PATH", tt.path)
			s := stage{ports: tt.ports}
			if _, ok := s.grafana(); ok || s.ports.grafana != (port{}) {
				t.Errorf("started: %t, its port is %+v", ok, s.ports.grafana)
			}
		})
	}
}

// haveGrafana puts a program into PATH that stands in for Grafana and prints
// what it is told, and returns its home.
func haveGrafana(t *testing.T) (home string) {
	t.Helper()
	home = t.TempDir()
	for name, text := range map[string]string{
		"bin/grafana-server": "#!/bin/sh\necho \"$@\"\n", "conf/defaults.ini": "",
	} {
		file := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", filepath.Join(home, "bin")+":"+os.Getenv("PATH"))
	return home
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
