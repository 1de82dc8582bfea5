// Command generate writes the dashboards for Grafana into a folder.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: generate FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// boards are all there are, in the order of the links from one to the next.
func boards() []board {
	return []board{directors(), virtualService(), tuner()}
}

func write(folder string) error {
	for _, b := range boards() {
		text, err := b.text()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, b.name+".json"), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// text is what Grafana imports.
func (b board) text() ([]byte, error) {
	text, err := json.MarshalIndent(b.build(), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("dashboard %s: %w", b.name, err)
	}
	return append(text, '\n'), nil
}
