package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func (s *stage) inTemp(name string) string { return filepath.Join(s.temp, name) }

// write makes a file in the temporary folder and returns its path.
func (s *stage) write(name, format string, args ...any) (string, error) {
	file := s.inTemp(name)
	return file, os.WriteFile(file, fmt.Appendf(nil, format, args...), 0o644)
}
