// Package scenario reads scenarios of the simulator from YAML files, and
// writes one from what a live director shows. docs/scenarios.md explains the
// keys.
package scenario

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
)

// Scenario is what a file says.
type Scenario struct {
	Name   string     // the file's, without folder and ending
	Story  []string   // paragraphs of the comment that the file begins with
	Config sim.Config // the seed is the run's affair, and 0
}

// FileError is everything that is wrong with a scenario.
type FileError = yamlfile.Error

// Load reads a file, and those it names, which stand beside it. A mistaken
// scenario gives a *FileError with every mistake.
func Load(name string) (Scenario, error) {
	f, err := os.Open(name)
	if err != nil {
		return Scenario{}, fmt.Errorf("scenario: %w", err)
	}
	defer f.Close()
	return Read(f, name, func(other string) (io.ReadCloser, error) {
		if !filepath.IsAbs(other) {
			other = filepath.Join(filepath.Dir(name), other)
		}
		return os.Open(other)
	})
}

// Read reads a scenario. name is the file's; open opens the files that it
// names.
func Read(r io.Reader, name string, open func(string) (io.ReadCloser, error)) (Scenario, error) {
	var text strings.Builder
	f := file{open: open}
	config, err := yamlfile.Read(io.TeeReader(r, &text), name, "scenario", f.read)
	if err != nil {
		return Scenario{}, err
	}
	if mistake := (*sim.FieldError)(nil); errors.As(config.Check(), &mistake) {
		return Scenario{}, &FileError{File: name, Problems: []yamlfile.Problem{{Key: mistake.Field, Text: mistake.Text}}}
	}
	base := filepath.Base(name)
	return Scenario{
		Name:   strings.TrimSuffix(base, filepath.Ext(base)),
		Story:  story(text.String()),
		Config: config,
	}, nil
}

// story returns the paragraphs of the comment that a text begins with; an
// empty line of the comment parts them.
func story(text string) []string {
	var paragraphs []string
	begin := true
	for line := range strings.Lines(text) {
		line, isComment := strings.CutPrefix(strings.TrimSpace(line), "#")
		if !isComment {
			break
		}
		switch line = strings.TrimSpace(line); {
		case line == "":
			begin = true
		case begin:
			paragraphs = append(paragraphs, line)
			begin = false
		default:
			paragraphs[len(paragraphs)-1] += " " + line
		}
	}
	return paragraphs
}
