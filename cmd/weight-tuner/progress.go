package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// progressBar shows on a terminal how much of a long piece of work is done,
// and nowhere else.
type progressBar struct {
	out   io.Writer // nil where there is no terminal
	start time.Time
	shown time.Time // zero while there is nothing to see
}

const (
	progressAfter = time.Second // work that is done sooner shows no bar
	progressEvery = 100 * time.Millisecond
	progressWidth = 40 // characters
)

func newProgressBar(stderr io.Writer) *progressBar {
	bar := &progressBar{start: time.Now()}
	if f, ok := stderr.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		bar.out = f
	}
	return bar
}

// update shows that so many of all are done.
func (b *progressBar) update(done, all int) { b.updateAt(time.Now(), done, all) }

func (b *progressBar) updateAt(now time.Time, done, all int) {
	if b.out == nil || now.Sub(b.start) < progressAfter || now.Sub(b.shown) < progressEvery {
		return
	}
	b.shown = now
	filled := progressWidth * done / all
	fmt.Fprintf(b.out, "\r%s%s %d of %d runs", strings.Repeat("█", filled), strings.Repeat("░", progressWidth-filled), done, all)
}

// clear takes the bar away.
func (b *progressBar) clear() {
	if !b.shown.IsZero() {
		fmt.Fprint(b.out, "\r\x1b[K")
		b.shown = time.Time{}
	}
}
