//go:build linux

package measure

import (
	"fmt"
	"os"
	"os/exec"
	"time"
)

const port = 9975

// exporter is one that runs.
type exporter struct {
	cmd   *exec.Cmd
	times int // how often each kind of scrape is measured
}

func readExporter(reader string, t Task) (map[string]float64, error) {
	e, err := start(reader, t.Shape)
	if err != nil {
		return nil, err
	}
	defer e.stop()
	figures, err := e.plain()
	if err != nil {
		return nil, err
	}
	if n := t.Shape.All(); figures[Series] < float64(3*n) { // which is what node_exporter has
		return nil, fmt.Errorf("%s has %v series of %d real servers", reader, figures[Series], n)
	}
	if err := e.compressed(figures, reader); err != nil {
		return nil, err
	}
	if figures[Peak], err = peakMemory(e.cmd.Process.Pid); err != nil {
		return nil, err
	}
	if reader == NodeExporter {
		return figures, nil
	}
	if figures[Allocations], err = allocations(e.times); err != nil || !t.Crowd {
		return figures, err
	}
	return figures, e.crowd(figures)
}

func start(reader string, s Shape) (*exporter, error) {
	args := []string{fmt.Sprintf("--web.listen-address=127.0.0.1:%d", port), "--log.level=error"}
	switch {
	case reader == NodeExporter:
		args = append(args, "--collector.disable-defaults", "--collector.ipvs")
	case s.Namespaces > 0:
		args = append(args, "--no-ipvs.own-netns", "--ipvs.netns=/run/netns/*")
	}
	cmd := exec.Command(reader, args...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	e := &exporter{cmd: cmd, times: reads}
	for range 1000 {
		if body, err := get(port, "/"); err == nil {
			return e, body.Close()
		}
		time.Sleep(10 * time.Millisecond)
	}
	e.stop()
	return nil, fmt.Errorf("%s does not listen", reader)
}

func (e *exporter) stop() {
	_ = e.cmd.Process.Kill()
	_ = e.cmd.Wait()
}

// slow is the CPU time from which on a scrape is measured only once, after one
// other, since it takes minutes to emulate.
const slow = 5 * time.Second

// plain measures scrapes without compression, after others that warm up.
func (e *exporter) plain() (map[string]float64, error) {
	var series, size float64
	first, err := spent(e.cmd.Process.Pid, func() (err error) {
		series, size, err = count(port)
		return err
	})
	if err != nil {
		return nil, err
	}
	if first.total > slow {
		e.times = 1
	} else if err := scrape(port, ""); err != nil {
		return nil, err
	}
	figures, err := medianUsage(e.cmd.Process.Pid, e.times, func() error { return scrape(port, "") })
	if err != nil {
		return nil, err
	}
	figures[Series], figures[Bytes] = series, size
	return figures, nil
}

// compressed measures scrapes with compression. node_exporter has no
// OpenMetrics, so what Prometheus asks it for is the same again.
func (e *exporter) compressed(figures map[string]float64, reader string) error {
	kinds := []string{Gzip, Prometheus2, Prometheus3}
	if reader == NodeExporter {
		kinds = kinds[:1]
	}
	for _, what := range kinds {
		used, err := medianUsage(e.cmd.Process.Pid, e.times, func() error { return scrape(port, headers(what)) })
		if err != nil {
			return err
		}
		figures[what] = used[CPU]
	}
	if reader == NodeExporter {
		figures[Prometheus2], figures[Prometheus3] = figures[Gzip], figures[Gzip]
	}
	return nil
}

// allocations returns how many objects a scrape allocates. To ask how many
// there were allocates too, as much every time.
func allocations(times int) (float64, error) {
	var counts [3]float64
	var err error
	for i := range counts {
		if i == len(counts)-1 {
			for range times {
				if err := scrape(port, ""); err != nil {
					return 0, err
				}
			}
		}
		if counts[i], err = mallocs(port); err != nil {
			return 0, err
		}
	}
	asking := counts[1] - counts[0]
	return (counts[2] - counts[1] - asking) / float64(times), nil
}
