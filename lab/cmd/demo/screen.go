package main

import (
	"io"
	"sync"
	"time"
)

// headerEvery is how many tables of real servers one header is for.
const headerEvery = 6

// screen is where everything is shown, by many at once.
type screen struct {
	mu     sync.Mutex
	out    io.Writer
	tables int // shown so far
}

func newScreen(out io.Writer) *screen { return &screen{out: out} }

// say shows a line as it is.
func (s *screen) say(line string) { s.print(line + "\n") }

// event shows a line with the time.
func (s *screen) event(line string) { s.print(stamp() + "  " + line + "\n") }

func (s *screen) print(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	io.WriteString(s.out, text) // a terminal that has gone needs nothing
}

func (s *screen) showAddresses(p ports) { s.print(addresses(p)) }

// showServers is for one caller at a time.
func (s *screen) showServers(servers []server) {
	s.print(table(stamp(), servers, s.tables%headerEvery == 0))
	s.tables++
}

func stamp() string { return time.Now().Format(time.TimeOnly) }

// lineWriter hands on whole lines of what is written, without their ends.
type lineWriter struct {
	line func(string)
	rest []byte
}

// Write never fails.
func (w *lineWriter) Write(p []byte) (int, error) {
	for _, b := range p {
		if b != '\n' {
			w.rest = append(w.rest, b)
			continue
		}
		w.line(string(w.rest))
		w.rest = w.rest[:0]
	}
	return len(p), nil
}
