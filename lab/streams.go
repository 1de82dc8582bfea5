package lab

import (
	"io"
	"os"
	"strings"
	"sync"
)

// streams are the pipes from the guest's ports.
type streams struct {
	readers, writers [portCount]*os.File
}

// result is what a guest leaves behind.
type result struct {
	status  string // exit status in decimal; "" if none came
	console string // last lines
	err     error  // of handing on output or unpacking /out
}

func openStreams() (*streams, error) {
	s := new(streams)
	for port := range portCount {
		r, w, err := os.Pipe()
		if err != nil {
			s.closeReaders()
			s.closeWriters()
			return nil, err
		}
		s.readers[port], s.writers[port] = r, w
	}
	return s, nil
}

func (s *streams) closeReaders() { closeAll(s.readers[:]) }
func (s *streams) closeWriters() { closeAll(s.writers[:]) }

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close() // nil where opening stopped short
	}
}

// handOn passes on what comes until QEMU closes the pipes.
func (s *streams) handOn(c Config) result {
	defer s.closeReaders()
	var console Tail
	var status strings.Builder
	sinks := [portCount]func(io.Reader) error{
		portConsole: copyTo(&console),
		portStdout:  copyTo(c.Stdout),
		portStderr:  copyTo(c.Stderr),
		portStatus:  copyTo(&status),
		portOut:     unpackTo(c.Out),
	}
	err := s.drain(sinks)
	return result{status: status.String(), console: console.Lines(60), err: err}
}

// drain returns the first error. A port whose sink failed is still read, as the
// guest would stand still otherwise.
func (s *streams) drain(sinks [portCount]func(io.Reader) error) error {
	var errs [portCount]error
	var wg sync.WaitGroup
	for port, sink := range sinks {
		wg.Go(func() {
			errs[port] = sink(s.readers[port])
			io.Copy(io.Discard, s.readers[port])
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func copyTo(w io.Writer) func(io.Reader) error {
	return func(r io.Reader) error {
		_, err := io.Copy(w, r)
		return err
	}
}
