package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
)

// hostConfig tunes whatever there is; it is for a dry run.
const hostConfig = `state_file: %s
services:
  - match: '*'
    policy: equalize
`

// host has the exporter and the tuner look at this host's IPVS.
func (s *stage) host() ([]task, error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("this host has virtual services, which root alone may read: type sudo bin/demo, or bin/demo --lab to leave them alone")
	}
	config, err := s.write("weight-tuner.yaml", hostConfig, s.inTemp("state.json"))
	if err != nil {
		return nil, err
	}
	s.screen.say("This host has virtual services. They are watched; no weight is written (dry run),")
	s.screen.say("and the share shown is the one that the tuner would give.")
	return []task{
		process(filepath.Join(s.programs, "ipvs-exporter"), "--web.listen-address="+s.ports.exporter.address()),
		process(filepath.Join(s.programs, "weight-tuner"), "run", "--dry-run",
			"--web.listen-address="+s.ports.tuner.address(), "--config.file="+config),
	}, nil
}

// hasServices tells whether the kernel's table, in the form of
// /proc/net/ip_vs, has a virtual service. A file that cannot be read has none.
func hasServices(table string) bool {
	content, _ := os.ReadFile(table)
	return slices.ContainsFunc(bytes.Split(content, []byte("\n")), func(line []byte) bool {
		fields := bytes.Fields(line)
		return len(fields) > 0 && slices.Contains([]string{"TCP", "UDP", "SCTP", "FWM"}, string(fields[0]))
	})
}
