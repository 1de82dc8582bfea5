package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab"
)

const dataSourceConfig = `apiVersion: 1
datasources:
  - {name: Prometheus, type: prometheus, access: proxy, url: '%s', isDefault: true, jsonData: {timeInterval: 5s}}
`

const dashboardsConfig = `apiVersion: 1
providers:
  - {name: ipvs-autopilot, type: file, options: {path: '%s'}}
`

// grafana returns the task of a Grafana with the dashboards, or false where
// there is none, or no Prometheus for it to ask.
func (s *stage) grafana() (task, bool) {
	program, err := exec.LookPath("grafana-server")
	if err == nil && s.ports.prometheus != (port{}) {
		if err = s.provision(); err == nil {
			return process(program, "--homepath="+grafanaHome(program),
				"cfg:default.paths.data="+s.inTemp("grafana"),
				"cfg:default.paths.logs="+s.inTemp("grafana"),
				"cfg:default.paths.provisioning="+s.inTemp("provisioning"),
				"cfg:default.server.http_addr=127.0.0.1",
				"cfg:default.server.http_port="+s.ports.grafana.text(),
				"cfg:default.auth.anonymous.enabled=true"), true
		}
		s.screen.say("Grafana has no dashboards (" + err.Error() + ") and is not started.")
	}
	s.ports.grafana = port{}
	return nil, false
}

// provision writes what leads Grafana to the dashboards and their data.
func (s *stage) provision() error {
	root, err := lab.ModuleRoot()
	if err != nil {
		return err
	}
	for _, folder := range []string{"datasources", "dashboards"} {
		if err := os.MkdirAll(s.inTemp("provisioning/"+folder), 0o755); err != nil {
			return err
		}
	}
	_, sourceErr := s.write("provisioning/datasources/prometheus.yaml", dataSourceConfig, s.ports.prometheus.url())
	_, boardsErr := s.write("provisioning/dashboards/ipvs.yaml", dashboardsConfig, filepath.Join(root, "dashboards"))
	return errors.Join(sourceErr, boardsErr)
}

// grafanaHome returns the folder of Grafana's pages: above the program in
// Grafana's archives, elsewhere in its packages.
func grafanaHome(program string) string {
	if real, err := filepath.EvalSymlinks(program); err == nil {
		home := filepath.Dir(filepath.Dir(real))
		if _, err := os.Stat(filepath.Join(home, "conf/defaults.ini")); err == nil {
			return home
		}
	}
	return "/usr/share/grafana"
}
