//go:build lab

package e2e

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// soakFor is how long TestSoak goes on; make soak has it go on for an hour.
var soakFor = flag.Duration("soak", 30*time.Second, "how long TestSoak looks for leaks")

// leastRounds is how many rounds a soak has, however slow the machine is.
const leastRounds = 120

// soakConfig has the shortest interval, and every kind of source.
const soakConfig = `
interval: 4s
state_file: %s/state.json
audit_log: {max_megabytes: 10, max_files: 2}
sources:
  probe: {type: http, path: /healthz, interval: 300ms, timeout: 200ms}
  connect: {type: tcp}
  prom: {type: prometheus, url: 'http://127.0.0.1:9090', latency: latency, requests: requests, errors: errors}
services:
  - {match: 'tcp/*:80', thresholds: {policy: concurrency}, guards: {observe_first: 0}}
  - {match: 'tcp/*:81', source: {latency: kernel, errors: connect}, settle: 4s, guards: {observe_first: 0}}
  - {match: 'tcp/*', source: probe, weights: {eject: true}, settle: 4s, guards: {observe_first: 0}}
  - {match: 'tcp/*', netns: aside, source: prom, scheduler: wrr, weights: {eject: true}, settle: 4s, guards: {observe_first: 0}}
  - {match: '*', netns: passing, policy: equalize, guards: {observe_first: 0}}
`

// Both programs do all that they do, as fast as they can, while everything
// around them changes; and need no more in the end than before.
func TestSoak(t *testing.T) {
	directors := map[string]*soakedDirector{}
	t.Cleanup(func() {
		for netns, d := range directors {
			d.end(t, netns)
		}
	})
	for _, netns := range []string{"soak", "aside"} {
		directors[netns] = newSoakedDirector(t, netns)
	}
	serveSoak(t)
	tuner, exporter := startSoaked(t)
	clients := keepAsking(t)

	begin, tick := time.Now(), time.NewTicker(250*time.Millisecond)
	defer tick.Stop()
	rounds, sampled := 0, begin
	for ; time.Since(begin) < *soakFor || rounds < leastRounds; rounds++ {
		switch rounds % 40 {
		case 10:
			directors["passing"] = newSoakedDirector(t, "passing")
		case 30:
			directors["passing"].end(t, "passing")
			delete(directors, "passing")
		}
		directors["soak"].change(rounds)
		directors["aside"].change(rounds)
		if rounds%8 == 7 && time.Since(sampled) > *soakFor/40 {
			clients.pause.Lock()
			tuner.sample(t)
			exporter.sample(t)
			clients.pause.Unlock()
			sampled = time.Now()
		}
		<-tick.C
	}
	t.Logf("%d rounds in %v", rounds, time.Since(begin).Round(time.Second))
	for _, y := range clients.tallies {
		y.expectMostlyWell(t)
	}
	directors["soak"].changes.expectMostlyWell(t)
	tuner.expectLevel(t)
	exporter.expectLevel(t)
}

// hugePages has the kernel put no pages of a program together, 2 MB at a time
// whether or not they are in use: resident memory would grow by megabytes at once.
const hugePages = "[ ! -e /sys/kernel/mm/transparent_hugepage/enabled ] || echo never >/sys/kernel/mm/transparent_hugepage/enabled"

// startSoaked starts both programs.
func startSoaked(t *testing.T) (tuner, exporter *soaked) {
	t.Helper()
	sh(t, hugePages)
	folder := t.TempDir()
	config := filepath.Join(folder, "weight-tuner.yaml")
	if err := os.WriteFile(config, fmt.Appendf(nil, soakConfig, folder), 0o600); err != nil {
		t.Fatal(err)
	}
	tuner = startSoak(t, "weight-tuner", "run --log.level=error --web.listen-address=127.0.0.1:9976 --config.file="+config, tunerMetrics)
	exporter = startSoak(t, "ipvs-exporter", "--log.level=error --web.listen-address=127.0.0.1:9975 --ipvs.netns=/run/netns/aside "+
		"--ipvs.netns=/run/netns/passing --collector.rates --collector.connections --collector.percpu", exporterMetrics)
	return tuner, exporter
}
