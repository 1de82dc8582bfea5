package tuner

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/renameio/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// stateVersion is that of the state file's format.
const stateVersion = 2

// State is what a step leaves to the next one. The zero State knows nothing.
type State struct {
	Time     time.Time                       `json:"time,omitzero"` // of the step
	Services map[ipvs.ServiceID]serviceState `json:"services"`
	Baseline baselines                       `json:"baseline,omitempty"`
}

// States are by network namespace: by its file, "" for the program's own, or by
// its name where the file is not known.
type States map[string]State

// clone returns a copy whose states can be replaced.
func (s States) clone() States {
	c := make(States, len(s))
	maps.Copy(c, s)
	return c
}

// Find returns the file of the network namespace of that name, or the name
// where the states have none.
func (s States) Find(netns string) string {
	for _, file := range slices.Sorted(maps.Keys(s)) {
		if (Netns{File: file}).name() == netns {
			return file
		}
	}
	return netns
}

// stateFile is what a state file holds.
type stateFile struct {
	Version int    `json:"version"`
	Netns   States `json:"netns"`
}

// serviceState is by real server, without the quiescent ones.
type serviceState map[ipvs.ServerID]serverState

// serverState is what is known of a real server.
type serverState struct {
	Window     window    `json:"window"`
	Estimate   estimate  `json:"estimate"`
	Source     string    `json:"source,omitempty"` // of the estimate; "" is the director
	Pace       pace      `json:"pace"`
	Share      float64   `json:"share_ratio"`          // at the last step; 0 before it
	ObservedAt time.Time `json:"observed_at,omitzero"` // end of the last window taken in
	ErrorsAt   time.Time `json:"errors_at,omitzero"`   // the same of another source's errors
}

// LoadStates reads a state file; a missing one has no states.
func LoadStates(name string) (States, error) {
	s, err := ReadStates(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return States{}, nil
	case err != nil:
		return nil, fmt.Errorf("%w; remove the file to start without it", err)
	}
	return s, nil
}

// ReadStates reads a state file, which must be there.
func ReadStates(name string) (States, error) {
	data, err := os.ReadFile(name)
	var s States
	if err == nil {
		s, err = parseStates(data, name)
	}
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	return s, nil
}

func parseStates(data []byte, name string) (States, error) {
	var head struct {
		Version int `json:"version"`
	}
	if json.Unmarshal(data, &head) == nil && head.Version != stateVersion {
		return nil, fmt.Errorf("%s: version %d is not %d, that of this program", name, head.Version, stateVersion)
	}
	var file stateFile
	if err := readJSON(bytes.NewReader(data), name, &file); err != nil {
		return nil, err
	}
	for netns, s := range file.Netns {
		if at := s.unsound(); at != nil {
			at.Netns = Netns{File: netns}.name()
			return nil, fmt.Errorf("%s: %s: these values cannot be", name, at)
		}
	}
	return file.Netns, nil
}

// unsound returns a server whose values are not among those that a step leaves,
// nil where there is none.
func (s State) unsound() *Target {
	for service, servers := range s.Services {
		for server, known := range servers {
			if !known.sound() {
				return &Target{Service: service, Server: server}
			}
		}
	}
	return s.Baseline.unsound()
}

// sound reports whether the values are among those that a step leaves.
func (s serverState) sound() bool {
	w := s.Window
	return s.Share >= 0 && s.Share <= 1 && s.Estimate.sound() &&
		s.Pace.Factor >= 0 && s.Pace.Factor <= 1 &&
		w.Samples >= 0 && w.Seconds >= 0 && (w.Samples > 0) == (w.Seconds > 0) &&
		w.ActiveSeconds >= 0 && w.SquareSeconds >= 0 &&
		w.To.Connections >= w.From.Connections && !w.To.Time.Before(w.From.Time) &&
		(w.To.Connections == w.From.Connections) == w.To.Time.Equal(w.From.Time)
}

// SaveStates replaces a state file at once: a reader or a crash finds the old
// one or the new one. Its folder is made if it is missing.
func SaveStates(name string, s States) error {
	var text bytes.Buffer
	err := json.NewEncoder(&text).Encode(stateFile{stateVersion, s}) // a large state's indentation is half of it
	if err == nil {
		err = os.MkdirAll(filepath.Dir(name), 0o755)
	}
	if err == nil {
		err = renameio.WriteFile(name, text.Bytes(), 0o600)
	}
	if err != nil {
		return fmt.Errorf("state: write %s: %w", name, err)
	}
	return nil
}
