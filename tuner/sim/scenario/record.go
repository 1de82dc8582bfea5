package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Recording is what a live director showed of a virtual service.
type Recording struct {
	Director ipvs.Director
	Service  ipvs.VirtualService
	Samples  []Sample // in order of time, at least two
}

// Sample is a reading of the service's real servers.
type Sample struct {
	Time    time.Time
	Servers []ipvs.RealServer
}

// Write writes a scenario that is like what was recorded. What cannot be seen
// from a director is assumed, and a comment says so. It writes nothing that
// Read would refuse.
func (r Recording) Write(w io.Writer) error {
	s, err := r.sketch()
	var text bytes.Buffer
	if err == nil {
		err = s.write(&text)
	}
	if err == nil {
		_, err = Read(bytes.NewReader(text.Bytes()), "the scenario", nil)
	}
	if err != nil {
		return fmt.Errorf("record %s: %w", r.Service.ID, err)
	}
	_, err = w.Write(text.Bytes())
	return err
}

// sketch is a scenario in the making.
type sketch struct {
	Recording
	From, Until time.Time
	PerSecond   float64 // connections
	Servers     []sketchedServer
}

// sketchedServer is a real server with what its clients were seen to do.
type sketchedServer struct {
	ipvs.RealServer
	PerSecond float64       // connections
	Active    float64       // mean number of active connections
	Mean      time.Duration // how long they lasted, by Little's law; 0 where that cannot be told
	Workers   int
}

func (r Recording) sketch() (sketch, error) {
	n := len(r.Samples)
	if n < 2 || !r.Samples[n-1].Time.After(r.Samples[0].Time) {
		return sketch{}, errors.New("two readings at different times are needed")
	}
	if len(r.Service.Servers) == 0 {
		return sketch{}, errors.New("it has no real server")
	}
	s := sketch{Recording: r, From: r.Samples[0].Time, Until: r.Samples[n-1].Time}
	first, last := r.counted()
	for _, server := range r.Service.Servers {
		known := sketchedServer{RealServer: server, Active: r.active(server.ID)}
		known.PerSecond = came(first, last, server.ID) / last.Time.Sub(first.Time).Seconds()
		if known.PerSecond > 0 && known.Active > 0 {
			known.Mean = rounded(known.Active / known.PerSecond)
		}
		known.Workers = max(1, int(math.Ceil(2*known.Active)))
		s.PerSecond += known.PerSecond
		s.Servers = append(s.Servers, known)
	}
	return s, nil
}

// rounded returns seconds with three digits.
func rounded(seconds float64) time.Duration {
	d := max(time.Microsecond, min(time.Duration(seconds*float64(time.Second)), longestWork))
	unit := time.Duration(math.Pow(10, math.Floor(math.Log10(float64(d)))-2))
	return d.Round(max(unit, time.Nanosecond))
}
