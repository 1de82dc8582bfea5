//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab"
	"github.com/ipvs-autopilot/ipvs-autopilot/lab/cmd/bench/measure"
	"github.com/ipvs-autopilot/ipvs-autopilot/lab/labtest"
)

// atOnce is how many guests run at a time. Each needs one processor, and what
// it counts does not depend on how much of that it gets.
const atOnce = 2

const guestMemoryMiB = 2048

// measureAll does tasks in the lab, where count has instructions counted.
func measureAll(ctx context.Context, tasks []measure.Task, count bool, log io.Writer) (figures, error) {
	if len(tasks) == 0 {
		return nil, nil
	}
	folder, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	files, err := build(folder)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		all   sync.WaitGroup
		mu    sync.Mutex
		found = make(figures)
		errs  []error
		turns = make(chan struct{}, atOnce)
	)
	for _, t := range tasks {
		turns <- struct{}{}
		all.Go(func() {
			defer func() { <-turns }()
			got, err := measureOne(ctx, t, count, files, log)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", taskName(t), err))
				cancel()
			}
			maps.Copy(found, got)
		})
	}
	all.Wait()
	return found, errors.Join(errs...)
}

func measureOne(ctx context.Context, t measure.Task, count bool, files []lab.File, log io.Writer) (figures, error) {
	text, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(log, "%s ...\n", taskName(t))
	start := time.Now()
	var out bytes.Buffer
	status, err := lab.Run(ctx, lab.Config{
		Count:     count,
		MemoryMiB: guestMemoryMiB,
		Command:   []string{"bench", "measure", string(text)},
		Files:     files,
		Stdout:    &out, Stderr: log, Log: log,
	})
	if err != nil {
		return nil, err
	}
	if status != 0 {
		return nil, fmt.Errorf("status %d", status)
	}
	fmt.Fprintf(log, "%s: done in %s\n", taskName(t), time.Since(start).Round(time.Second))
	return readFigures(&out)
}

// build makes the programs that the lab needs.
func build(folder string) ([]lab.File, error) {
	if err := labtest.Build(folder, "./cmd/ipvs-exporter", "./lab/cmd/bench", labtest.NodeExporter); err != nil {
		return nil, err
	}
	var files []lab.File
	for _, name := range []string{measure.Exporter, measure.NodeExporter, "bench"} {
		files = append(files, lab.File{Host: filepath.Join(folder, name)})
	}
	return files, nil
}
