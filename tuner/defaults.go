package tuner

import (
	"io"
	"strings"
	"text/template"
)

const defaultsText = `# weight-tuner: every key with its default; match has none.

# Whether the tuner only decides, shows what it would do, and writes nothing;
# --dry-run is the same for one run (docs/safety.md).
dry_run: {{.Config.DryRun}}

# Time between decisions: a multiple of 2s, since the kernel brings its counters
# up to date every two seconds, from 4s to 10m.
interval: {{.Config.Interval}}

# What is remembered from one decision to the next, over restarts too.
state_file: {{.Config.StateFile}}

# What becomes of weights, thresholds and schedulers when the tuner is told to
# stop: keep leaves them, restore puts back what stood before the tuner first
# touched them (docs/restore.md).
on_exit: {{.Config.OnExit}}

# Every change, a line of JSON each (docs/safety.md). By default the file is beside
# the state file.
audit_log:
  file: {{.Config.AuditLog.File}}
  # A file that would be larger, from 10 to 10000, gives way to a new one. There are
  # max_files of them, from 2 to 1000; the oldest goes.
  max_megabytes: {{.Config.AuditLog.MaxMegabytes}}
  max_files: {{.Config.AuditLog.MaxFiles}}

# coordination: {etcd: {...}}: for directors that serve at once and so need equal
# weights; by default there is none. docs/ha.md has its keys.

# Where latencies and errors come from, by names of your own. Only those that a
# service has below are asked. docs/sources.md says what each sees and misses.
sources:
  # Needs no entry, and is called kernel too: the mean number of active connections
  # over the rate of new ones, by the director's own counters.
  connections: {type: connections}

  # Needs no entry either: the time from each request to its answer, by the packets
  # that the director forwards (docs/sources.md says what for and what it takes).
  passive:
    type: passive
    # Connections that are followed at once, about 150 bytes each in the kernel, and
    # real servers, up to 2 kB each; of several such sources the largest hold.
    connections: {{.Packets.Connections}}
    servers: {{.Packets.Servers}}
    # How many exchanges a connection begins with that are no requests, as those of
    # TLS, by virtual service: {'tcp/10.0.0.1:443': 2} (docs/sources.md).
    skip: {}

  # Requests to the available real servers of the tuned services, at their own
  # addresses.
  probe:
    type: http
    # From the start of one to the start of the next of the same real server, and
    # the longest that one may take: at most a sixth of the time between decisions.
    interval: {{.HTTP.Interval}}
    timeout: {{.HTTP.Timeout}}
    # port: by default the real server's own; needed where that is 0
    scheme: {{.HTTP.Scheme}} # or https
    method: {{.HTTP.Method}} # or HEAD
    path: {{.HTTP.Path}}
    # host: by default the address and the port
    # A status or a range, or a sequence of them; redirects are not followed.
    valid_status_codes: {{index .HTTP.ValidStatusCodes 0}}
    # Whether a connection serves for more than one request.
    keep_alive: {{.HTTP.KeepAlive}}
    # tls_config: for https, as in Prometheus: ca_file, server_name,
    # insecure_skip_verify, cert_file, key_file ...

  # Connections that are closed at once.
  connect:
    type: tcp
    interval: {{.TCP.Interval}}
    timeout: {{.TCP.Timeout}}
    # port: as above

  # PromQL. A server is found by a label that has ADDRESS:PORT, or the address
  # alone where that is one server's in the virtual service.
  prom:
    type: prometheus
    url: http://127.0.0.1:9090 # has no default
    # Mean in seconds; answers per second, failed ones too; failed ones per second.
    # Each may be left out, but errors need requests.
    latency: 'sum by (instance) (rate(http_request_duration_seconds_sum[30s])) / sum by (instance) (rate(http_request_duration_seconds_count[30s]))'
    requests: 'sum by (instance) (rate(http_request_duration_seconds_count[30s]))'
    errors: 'sum by (instance) (rate(http_request_duration_seconds_count{code=~"5.."}[30s]))'
    server_label: {{.Prometheus.ServerLabel}}
    # service_label: has the virtual service; by default a series is of every one
    # that has the server
    # For all three together, at most half the time between decisions.
    timeout: {{.Prometheus.Timeout}}
    # http: as in Prometheus: basic_auth, authorization, tls_config, proxy_url,
    # http_headers ...

# The virtual services to tune; the first entry that matches one holds, others
# are left alone.
services:
  # An identity as tcp/10.0.0.1:80, udp/[2001:db8::1]:53, fwm/258 or fwm6/258, or
  # a glob of one: * is any run of characters, ? is one.
  # Or {name: shop}: the services that the file of --names.file calls so.
  - match: tcp/10.0.0.1:80
    # The network namespace, by its file as /run/docker/netns/*, or by its name
    # alone if that file is in /run/netns or /run/docker/netns. '' is the
    # program's own.
    netns: ''
    # When this director is written to; while it is not, it is on standby
    # (docs/ha.md). address: while the service's own address is on an interface of
    # the network namespace, as VRRP moves it. address 10.0.0.9: while that one is.
    # file PATH: while there is such a file.
    when: {{.Service.When.Condition}}
    # scheduler: by default that which the service has. Another one is put in its
    # place, and comes back by weight-tuner restore.
    # optimize: the mean latency is to be least. equalize: the real servers are to
    # answer equally fast. overhead: wrr, mh and sh are to share as wlc would.
    # inverse_latency: weights go by 1/latency, for comparison. static: weights are
    # left alone. docs/policies.md says what each is good and bad at.
    policy: {{.Service.Policy}}
    # One of the sources; a list, of which the first that tells anything serves; or
    # for each: {latency: connections, errors: probe}. No mean is taken over two
    # sources. Where passive cannot be had, the next one serves and the log says why;
    # connections alone has the kernel run nothing.
    source: {{.Service.Source.Latency | list}}
    weights:
      # Weights written are from min to max, which are from 1 to 65535. A weight
      # of 0 is never written, but for eject, and that of somebody else never
      # changed.
      min: {{.Service.Weights.Min}}
      max: {{.Service.Weights.Max}}
      # Most that a real server's share of new connections changes in one
      # interval, as a part of itself: above 0, at most 1. The policy optimize goes
      # beyond it where a server has more than it bears, and up to what others are
      # known to bear.
      max_change_ratio: {{.Service.Weights.MaxChangeRatio}}
      # Whether a real server that fails gets the weight 0, until it is well or
      # some time has passed; min_available_ratio below bounds how many do, and the
      # last never does.
      eject: {{.Service.Weights.Eject}}
    # How long weights that somebody else has set are left alone. Who sets them
    # again each time that the tuner has written has the virtual service for a day.
    settle: {{.Service.Settle}}
    # What bounds the tuner whatever its policy wants; docs/safety.md says why.
    guards:
      # For how many decisions a virtual service that is new is only looked at.
      observe_first: {{.Service.Guards.ObserveFirst}}
      # Least part of the weights, as they were before the tuner, that eject leaves.
      min_available_ratio: {{.Service.Guards.MinAvailableRatio}}
      # Most of the real servers that lose more than a fifth of their shares in one
      # interval.
      max_lowered_ratio: {{.Service.Guards.MaxLoweredRatio}}
      # Most of the real servers that may fail: if more do, nothing is written.
      panic_ratio: {{.Service.Guards.PanicRatio}}
      # Least sum of the weights; 0 is any.
      min_weight_sum: {{.Service.Guards.MinWeightSum}}
      # How old an observation may be, and for how long nothing may be heard before
      # weights are held; 0s is six intervals. After how long they go back to what
      # they were before the tuner, step by step; 0s is never.
      max_staleness: {{.Service.Guards.MaxStaleness}}
      baseline_after: {{.Service.Guards.BaselineAfter}}
    thresholds:
      # off: left alone. concurrency: no real server is given more requests at once
      # than it can answer soon; docs/thresholds.md says what for, and at what cost.
      policy: {{.Service.Thresholds.Policy}}
      # Upper thresholds written are from min to max, which are from 1 to
      # 2147483647. Closed connections count too, for up to two minutes; a server
      # that would need a higher one gets none.
      min: {{.Service.Thresholds.Min}}
      max: {{.Service.Thresholds.Max}}
    # How many real servers are told to be desired; docs/autoscaling.md says to whom.
    autoscaling:
      # Demand over capacity that is aimed at, from 0.05 to 0.95.
      target_utilization: {{.Service.Autoscaling.TargetUtilization}}
      # How long fewer servers must do before fewer are desired, from 0s to 24h.
      scale_down_after: {{.Service.Autoscaling.ScaleDownAfter}}
      # Desired servers are from min to max, which are from 1 to 65535.
      min: {{.Service.Autoscaling.Min}}
      max: {{.Service.Autoscaling.Max}}
`

// list returns names as YAML has a list of them.
func list(names []string) string { return "[" + strings.Join(names, ", ") + "]" }

// PrintDefaults writes a whole configuration with its defaults, explained; it
// is itself a configuration.
func PrintDefaults(w io.Writer) error {
	t, err := template.New("defaults").Funcs(template.FuncMap{"list": list}).Parse(defaultsText)
	if err != nil {
		return err
	}
	c := DefaultConfig()
	return t.Execute(w, struct {
		Config     Config
		Service    ServiceConfig
		Packets    Packets
		HTTP, TCP  Probe
		Prometheus PrometheusServer
	}{c, DefaultService(), defaultPackets(), defaultHTTPProbe(c.Interval), defaultProbe(c.Interval), defaultPrometheus(c.Interval)})
}
