package main

import (
	"context"
	"os/exec"
	"path/filepath"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab"
)

const prometheusConfig = `global:
  scrape_interval: 5s
scrape_configs:
  - job_name: ipvs-exporter
    static_configs: [{targets: ['%s']}]
  - job_name: weight-tuner
    static_configs: [{targets: ['%s']}]
`

// pageParts matches the packages with what Prometheus's pages are made of.
const pageParts = "(libjs|fonts)-.*"

// prometheus returns the task of a Prometheus that scrapes both programs, or
// false where there is none and none can be had.
func (s *stage) prometheus(ctx context.Context) (task, bool) {
	command, err := s.findPrometheus(ctx)
	if err == nil {
		var config string
		if config, err = s.write("prometheus.yml", prometheusConfig, s.ports.exporter.address(), s.ports.tuner.address()); err == nil {
			return process(command[0], append(command[1:],
				"--config.file="+config,
				"--storage.tsdb.path="+s.inTemp("prometheus"),
				"--web.listen-address="+s.ports.prometheus.address())...), true
		}
	}
	s.screen.say("There is no Prometheus (" + err.Error() + "); all else goes on without it.")
	s.ports.prometheus = port{}
	return nil, false
}

// findPrometheus returns the command of the host's own Prometheus, else of
// Debian's, which is not installed for this but unpacked: its package brings a
// service that would start, and stay. Debian's program looks for its pages
// where they would be installed, unless it is told.
func (s *stage) findPrometheus(ctx context.Context) ([]string, error) {
	if own, err := exec.LookPath("prometheus"); err == nil {
		return []string{own}, nil
	}
	folder, err := lab.UnpackPackage(ctx, "prometheus", pageParts, &lineWriter{line: s.screen.say})
	if err != nil {
		return nil, err
	}
	return []string{
		filepath.Join(folder, "usr/bin/prometheus"),
		"--web.local-assets=" + filepath.Join(folder, "usr/share/prometheus/web"),
	}, nil
}
