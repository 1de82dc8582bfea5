package tuner

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// stateVersion is that of the state file's format.
const stateVersion = 6

// stateFile is what a state file holds.
type stateFile struct {
	Version int    `json:"version"`
	Netns   States `json:"netns"`
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
	if version := versionOf(data); version != stateVersion {
		return nil, fmt.Errorf("%s: version %d is not %d, that of this program", name, version, stateVersion)
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

// versionOf returns the version of a state file, which is at its beginning;
// that of this program where the text is none, to be told better what is wrong.
func versionOf(data []byte) int {
	var head struct {
		Version int `json:"version"`
	}
	begins := fmt.Sprintf(`{"version":%d,`, stateVersion)
	if bytes.HasPrefix(data, []byte(begins)) || json.Unmarshal(data, &head) != nil {
		return stateVersion
	}
	return head.Version
}

// SaveStates replaces a state file at once: a reader or a crash finds the old
// one or the new one. Its folder is made if it is missing.
func SaveStates(name string, s States) error {
	text, err := s.text()
	if err == nil {
		err = os.MkdirAll(filepath.Dir(name), 0o755)
	}
	if err == nil {
		err = renameio.WriteFile(name, text, 0o600)
	}
	if err != nil {
		return fmt.Errorf("state: write %s: %w", name, err)
	}
	return nil
}
