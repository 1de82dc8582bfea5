package tuner

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"
)

// stateVersion is that of the state file's format.
const stateVersion = 1

// State is what a step leaves to the next one. The zero State knows nothing.
type State struct {
	Version  int                             `json:"version"`
	Time     time.Time                       `json:"time,omitzero"` // of the step
	Services map[ipvs.ServiceID]serviceState `json:"services"`
}

// serviceState is what is known of a virtual service.
type serviceState struct {
	Servers map[ipvs.ServerID]serverState `json:"servers"` // without the quiescent ones
	Demand  demand                        `json:"demand"`
	Noise   float64                       `json:"noise,omitempty"`
	Worth   float64                       `json:"worth,omitempty"` // of a write, that was seen up to now
}

// serverState is what is known of a real server.
type serverState struct {
	Window     window          `json:"window"`
	Estimate   estimate        `json:"estimate"`
	Belief     capacity.Belief `json:"belief"`
	Glance     glance          `json:"glance"`
	Luck       float64         `json:"luck,omitempty"`
	Failing    bool            `json:"failing,omitempty"`
	Joined     bool            `json:"joined,omitempty"` // since the last step, and not measured yet
	Source     string          `json:"source,omitempty"` // of the estimate; "" is the director
	Pace       pace            `json:"pace"`
	Share      float64         `json:"share_ratio"`          // at the last step; 0 before it
	ObservedAt time.Time       `json:"observed_at,omitzero"` // end of the last window taken in
	ErrorsAt   time.Time       `json:"errors_at,omitzero"`   // the same of another source's errors
}

// LoadState reads a state file; a missing one is the empty state.
func LoadState(name string) (State, error) {
	data, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return State{}, nil
	case err != nil:
		return State{}, fmt.Errorf("state: %w", err)
	}
	s, err := parseState(data, name)
	if err != nil {
		return State{}, fmt.Errorf("state: %w; remove the file to start without it", err)
	}
	return s, nil
}

func parseState(data []byte, name string) (State, error) {
	var head struct {
		Version int `json:"version"`
	}
	if json.Unmarshal(data, &head) == nil && head.Version != stateVersion {
		return State{}, fmt.Errorf("%s: version %d is not %d, that of this program", name, head.Version, stateVersion)
	}
	var s State
	if err := readJSON(bytes.NewReader(data), name, &s); err != nil {
		return State{}, err
	}
	for service, v := range s.Services {
		for server, known := range v.Servers {
			if !known.sound() {
				return State{}, fmt.Errorf("%s: %s: these values cannot be", name, Target{service, server})
			}
		}
	}
	return s, nil
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

// SaveState replaces a state file at once: a reader or a crash finds the old
// one or the new one. Its folder is made if it is missing.
func SaveState(name string, s State) error {
	s.Version = stateVersion
	var text bytes.Buffer
	err := writeJSON(&text, s)
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
