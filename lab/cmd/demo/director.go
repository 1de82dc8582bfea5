package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab"
)

//go:embed guest/director.sh
var directorScript []byte

//go:embed guest/weight-tuner.yaml
var labConfig []byte

// lab has the exporter and the tuner work on a director in the lab, with
// clients and real servers, of which now and then one turns slow.
func (s *stage) lab() ([]task, error) {
	files, err := s.guestFiles()
	if err != nil {
		return nil, err
	}
	s.screen.say("Booting a virtual machine for a director, three real servers and their clients;")
	s.screen.say("the first time this fetches what it needs, in half a minute.")
	config := lab.Config{
		Command: []string{"director.sh"},
		Files:   files,
		Forward: []lab.Forward{
			{Host: s.ports.exporter.number, Guest: exporterPort},
			{Host: s.ports.tuner.number, Guest: tunerPort},
		},
		Stdout: &lineWriter{line: s.screen.event},
		Log:    &lineWriter{line: s.screen.say},
	}
	return []task{func(ctx context.Context) error { return runDirector(ctx, config) }}, nil
}

func (s *stage) guestFiles() ([]lab.File, error) {
	script, config := s.inTemp("director.sh"), s.inTemp("weight-tuner.yaml")
	if err := errors.Join(os.WriteFile(script, directorScript, 0o755), os.WriteFile(config, labConfig, 0o644)); err != nil {
		return nil, err
	}
	files := []lab.File{{Host: script}, {Host: config}}
	for _, program := range []string{"ipvs-exporter", "weight-tuner", "labtool"} {
		file := filepath.Join(s.programs, program)
		if _, err := os.Stat(file); err != nil {
			return nil, fmt.Errorf("%w: type make run, which builds it", err)
		}
		files = append(files, lab.File{Host: file})
	}
	return files, nil
}

// runDirector returns what ended the machine, unless it was ctx.
func runDirector(ctx context.Context, config lab.Config) error {
	var troubles lab.Tail
	config.Stderr = &troubles
	status, err := lab.Run(ctx, config)
	if ctx.Err() != nil {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("exit status %d", status)
	}
	return ending("the lab's director", err, troubles.Lines(lastWords))
}
