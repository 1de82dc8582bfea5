package tuner

import (
	"io"
	"text/template"
)

const defaultsText = `# weight-tuner: every key with its default; match has none.

# Time between decisions: a multiple of 2s, since the kernel brings its counters
# up to date every two seconds, from 4s to 10m.
interval: {{.Config.Interval}}

# What is remembered from one decision to the next, over restarts too.
state_file: {{.Config.StateFile}}

# Where latencies come from. kernel needs no entry: the mean number of active
# connections over the rate of new ones, by the director's own counters.
sources:
  kernel: {type: connections}

# The virtual services to tune; the first entry that matches one holds, others
# are left alone.
services:
  # An identity as tcp/10.0.0.1:80, udp/[2001:db8::1]:53, fwm/258 or fwm6/258, or
  # a glob of one: * is any run of characters, ? is one.
  - match: tcp/10.0.0.1:80
    # equalize: the real servers are to answer equally fast; needs the scheduler
    # wrr. static: the weights are left alone.
    policy: {{.Service.Policy}}
    # One of the sources.
    source: {{.Service.Source}}
    weights:
      # Weights written are from min to max, which are from 1 to 65535. A weight
      # of 0 is never written, nor changed.
      min: {{.Service.Weights.Min}}
      max: {{.Service.Weights.Max}}
      # Most that a real server's share of new connections changes in one
      # interval, as a part of itself: above 0, at most 1.
      max_change_ratio: {{.Service.Weights.MaxChangeRatio}}
`

// PrintDefaults writes a whole configuration with its defaults, explained; it
// is itself a configuration.
func PrintDefaults(w io.Writer) error {
	t, err := template.New("defaults").Parse(defaultsText)
	if err != nil {
		return err
	}
	return t.Execute(w, struct {
		Config  Config
		Service ServiceConfig
	}{DefaultConfig(), DefaultService()})
}
