package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// aptLists is where apt keeps what the archives offer.
const aptLists = "/var/lib/apt/lists"

// imagePackages returns the packages of an image, as image.sh prints them. To ask
// apt takes some seconds, so the answer is kept for as long as apt's lists stay
// the same.
func imagePackages(ctx context.Context, cache, series string, log io.Writer) ([]byte, error) {
	if known, err := os.ReadFile(packagesFile(cache, series)); err == nil {
		return known, nil
	}
	packages, err := runScript(ctx, log, "packages", series, debsFolder(cache))
	if err != nil {
		return nil, err
	}
	return packages, os.WriteFile(packagesFile(cache, series), packages, 0o644)
}

func packagesFile(cache, series string) string {
	return filepath.Join(cache, "packages-"+series+"-"+hash(imageScript, aptState(aptLists), aptState(testingLists(cache))))
}

// testingLists is where image.sh keeps what Debian's testing offers.
func testingLists(cache string) string { return filepath.Join(debsFolder(cache), "testing", "lists") }

// aptState changes whenever the lists do.
func aptState(lists string) string {
	entries, _ := os.ReadDir(lists) // no lists are a state too
	var state strings.Builder
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			fmt.Fprintln(&state, info.Name(), info.Size(), info.ModTime().UnixNano())
		}
	}
	return state.String()
}

// runScript runs a function of image.sh and returns what it printed. What the
// script reports goes to log, and its last line into the error.
func runScript(ctx context.Context, log io.Writer, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "bash", append([]string{"-c", imageScript, "image.sh"}, args...)...)
	var output, report bytes.Buffer
	cmd.Stdout = &output
	cmd.Stderr = io.MultiWriter(log, &report)
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil && report.Len() > 0:
		return nil, errors.New(strings.TrimPrefix(lastLine(report.Bytes()), "lab: "))
	}
	return output.Bytes(), err
}
