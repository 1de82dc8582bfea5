//go:build linux

// Command bench measures what a scrape costs a director, beside node_exporter
// and a bare dump of the kernel's table, in the lab, where instructions are
// counted. It prints what was wanted and what was found, and fills in a page's
// template:
//
//	bench [--only=REGEXP] [--figures=FILE] [TEMPLATE PAGE]
//
// In the lab, bench measure TASK does one task.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"syscall"

	"github.com/alecthomas/kingpin/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab/cmd/bench/measure"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 2 && args[0] == "measure" {
		return measureTask(args[1], stdout)
	}
	app := kingpin.New("bench", "What a scrape costs a director, measured in the lab.").UsageWriter(stderr).ErrorWriter(stderr)
	only := app.Flag("only", "Measure just what matches, as '^1,000 × 100 ipvs-exporter'; progress shows what there is.").Regexp()
	file := app.Flag("figures", "File of figures: those of earlier runs, where there are any, and then these.").String()
	text := app.Arg("template", "Template of a page.").ExistingFile()
	page := app.Arg("page", "The page to write.").String()
	if _, err := app.Parse(args); err != nil {
		return err
	}
	s := fullShapes()
	f, err := measureAndKeep(ctx, chosen(s.tasks(), *only), *file, stderr)
	if err != nil {
		return err
	}
	fmt.Fprint(stdout, s.bars(f), "\n", s.growth(f))
	if *page == "" {
		return nil
	}
	return writePage(*text, *page, s, f)
}

// measureAndKeep returns what was measured now, together with what a file has of
// earlier runs, and puts that there; "" is no file.
func measureAndKeep(ctx context.Context, tasks []measure.Task, file string, log io.Writer) (figures, error) {
	f := make(figures)
	if file != "" {
		earlier, err := loadFigures(file)
		if err != nil {
			return nil, err
		}
		f = earlier
	}
	now, err := measureAll(ctx, tasks, true, log)
	if err != nil {
		return nil, err
	}
	maps.Copy(f, now)
	if file == "" {
		return f, nil
	}
	return f, f.save(file)
}

// measureTask runs in the lab and prints a figure a line.
func measureTask(text string, stdout io.Writer) error {
	var t measure.Task
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		return fmt.Errorf("task %s: %w", text, err)
	}
	lines := json.NewEncoder(stdout)
	var lost error
	err := measure.Run(t, func(f measure.Figure) {
		if err := lines.Encode(f); err != nil {
			lost = err
		}
	})
	if err != nil {
		return err
	}
	return lost
}

func chosen(all []measure.Task, only *regexp.Regexp) []measure.Task {
	if only == nil {
		return all
	}
	return slices.DeleteFunc(all, func(t measure.Task) bool { return !only.MatchString(taskName(t)) })
}
