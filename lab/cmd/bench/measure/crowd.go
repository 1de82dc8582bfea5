//go:build linux

package measure

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

const scrapers = 20

// crowd has many scrape at once. How often the kernel was read follows from the
// dumps that it began: a read takes as many every time.
func (e *exporter) crowd(figures map[string]float64) error {
	one, err := countDumps(func() error { return scrape(port, "") })
	if err != nil {
		return err
	}
	var used usage
	all, err := countDumps(func() error {
		used, err = spent(e.cmd.Process.Pid, scrapeAtOnce)
		return err
	})
	if err != nil {
		return err
	}
	figures[CrowdReads], figures[CrowdCPU] = all/one, used.total.Seconds()
	figures[CrowdPeak], err = peakMemory(e.cmd.Process.Pid)
	return err
}

func scrapeAtOnce() error {
	errs := make([]error, scrapers)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { errs[i] = scrape(port, "") })
	}
	all.Wait()
	return errors.Join(errs...)
}

const tracing = "/sys/kernel/tracing"

// countDumps counts the netlink dumps that anyone begins while do runs.
func countDumps(do func() error) (float64, error) {
	if err := unix.Mount("tracefs", tracing, "tracefs", 0, ""); err != nil && !errors.Is(err, unix.EBUSY) {
		return 0, fmt.Errorf("mount tracefs: %w", err)
	}
	const enabled = "events/kprobes/dumps/enable"
	if err := trace("kprobe_events", "p:dumps __netlink_dump_start"); err != nil {
		return 0, err
	}
	if err := trace(enabled, "1"); err != nil {
		return 0, err
	}
	if err := do(); err != nil {
		return 0, err
	}
	profile, err := os.ReadFile(filepath.Join(tracing, "kprobe_profile"))
	if err != nil {
		return 0, err
	}
	if err := errors.Join(trace(enabled, "0"), trace("kprobe_events", "")); err != nil {
		return 0, err
	}
	fields := bytes.Fields(profile) // name, hits, misses
	if len(fields) != 3 {
		return 0, fmt.Errorf("the kernel counted %q", profile)
	}
	return strconv.ParseFloat(string(fields[1]), 64)
}

func trace(file, text string) error {
	return os.WriteFile(filepath.Join(tracing, file), []byte(text), 0o644)
}
