package main

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestProgressBar(t *testing.T) {
	var b strings.Builder
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	bar := progressBar{out: &b, start: start}
	bar.clear()
	bar.updateAt(start, 0, 4)
	bar.updateAt(start.Add(999*time.Millisecond), 1, 4)
	if b.Len() > 0 {
		t.Errorf("short work shows %q", b.String())
	}
	bar.updateAt(start.Add(time.Second), 2, 4)
	bar.updateAt(start.Add(1050*time.Millisecond), 3, 4)
	bar.clear()
	bar.clear()
	want := "\r" + strings.Repeat("█", 20) + strings.Repeat("░", 20) + " 2 of 4 runs\r\x1b[K"
	if b.String() != want {
		t.Errorf("shows %q, want %q", b.String(), want)
	}
}

func TestProgressBarNeedsATerminal(t *testing.T) {
	f, err := os.Create(t.TempDir() + "/log")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	bar := newProgressBar(f)
	bar.start = time.Time{}
	bar.update(1, 2)
	bar.clear()
	if info, err := f.Stat(); err != nil || info.Size() > 0 {
		t.Errorf("%d bytes in a file, %v", info.Size(), err)
	}
}
