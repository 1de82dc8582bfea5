package tuner

import (
	"cmp"
	"fmt"
	"io"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Observation is what a meter saw of a real server in one window. A nil
// measurement is not known; an absent observation means that the meter failed.
type Observation struct {
	Source                      string         `json:"-"`               // a key of Config.Sources; "" is none of them
	Netns                       string         `json:"netns,omitempty"` // "" is the program's own
	Service                     ipvs.ServiceID `json:"service"`
	Server                      ipvs.ServerID  `json:"server"`
	Time                        time.Time      `json:"time,omitzero"`                            // end of the window; zero is the time of the step
	WindowSeconds               *float64       `json:"window_seconds,omitempty"`                 // nil is the tuner's interval
	LatencySeconds              *float64       `json:"latency_seconds,omitempty"`                // mean over all answers, failed ones too
	SuccessLatencySeconds       *float64       `json:"success_latency_seconds,omitempty"`        // mean over those that did not fail
	LatencyStandardErrorSeconds *float64       `json:"latency_standard_error_seconds,omitempty"` // of the mean; nil is as if the times of answers scattered as much as their mean
	Estimator                   string         `json:"estimator,omitempty"`                      // how the latency was found, where that differs among servers, which are not compared then
	RequestsPerSecond           *float64       `json:"requests_per_second,omitempty"`            // answers, failed ones and timeouts too; 0 is idle
	ErrorRatio                  *float64       `json:"error_ratio,omitempty"`                    // failed part of the answers
}

type observationsFile struct {
	Time         time.Time     `json:"time,omitzero"`
	Observations []Observation `json:"observations"`
}

// ReadObservations reads Observations JSON. name is the file's, for errors. An
// observation without a time of its own gets that of the file.
func ReadObservations(r io.Reader, name string) ([]Observation, error) {
	var file observationsFile
	if err := readJSON(r, name, &file); err != nil {
		return nil, err
	}
	seen := make(map[Target]bool, len(file.Observations))
	for i := range file.Observations {
		o := &file.Observations[i]
		if err := o.check(); err != nil {
			return nil, fmt.Errorf("%s: observations[%d]: %w", name, i, err)
		}
		if seen[o.of()] {
			return nil, fmt.Errorf("%s: observations[%d]: %s is there twice", name, i, o.of())
		}
		seen[o.of()] = true
		if o.Time.IsZero() {
			o.Time = file.Time
		}
	}
	return file.Observations, nil
}

// Target is a real server that is observed.
type Target struct {
	Netns   string // "" is the program's own
	Service ipvs.ServiceID
	Server  ipvs.ServerID
}

// String returns SERVER in SERVICE, without a server that is zero, and in NETNS
// where that is not the program's own.
func (t Target) String() string {
	text := t.Service.String()
	if t.Server != (ipvs.ServerID{}) {
		text = t.Server.String() + " in " + text
	}
	if t.Netns != "" {
		text += " in " + t.Netns
	}
	return text
}

// Compare orders by network namespace, virtual service and real server.
func (t Target) Compare(o Target) int {
	return cmp.Or(cmp.Compare(t.Netns, o.Netns), t.Service.Compare(o.Service), t.Server.Compare(o.Server))
}

func (o *Observation) of() Target { return Target{o.Netns, o.Service, o.Server} }
