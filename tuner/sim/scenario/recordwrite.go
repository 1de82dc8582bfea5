package scenario

import (
	"io"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

const recordedText = `# {{.Service.ID}} as its director showed it
#
# Seen from {{.From | clock}} for {{.Until.Sub .From | whole}}: {{number .PerSecond}} connections a second,
# real servers: {{len .Servers}}.
#
# A director cannot show what happens inside the servers. Lines that say
# "assumed" are guesses: put what you know in their place, then let something go
# wrong, by adding events.
duration: 10m
measure_from: 2m
service:
  id: {{.Service.ID}}
  scheduler: {{.Service.Scheduler}}
{{- with .Service.SchedulerFlags}}
  scheduler_flags: [{{join . ", "}}]{{end}}
{{- if .OnePacket}}
  one_packet: true{{end}}
{{- if .Persistence}}
  persistence: {{.Persistence}}{{end}}
{{- with .Netmask}}
  netmask: {{.}}{{end}}
  forward: {{.Forward}}{{if .ForwardNote}} # {{.ForwardNote}}{{end}}
{{- with .Director.OverheadFactor}}
  overhead_factor: {{.}}{{end}}
{{- with .Director.Timeouts}}{{if and .TCP .TCPFin .UDP}}
  timeouts: {tcp: {{.TCP}}, tcp_fin: {{.TCPFin}}, udp: {{.UDP}}}{{end}}{{end}}
servers:
{{- range $i, $s := .Servers}}
  server-{{inc $i}}: # {{number .PerSecond}} connections a second, {{number .Active}} active
    address: {{address .ID}}
    weight: {{.Weight}}
{{- with .UpperThreshold}}
    upper_threshold: {{.}}{{end}}
{{- with .LowerThreshold}}
    lower_threshold: {{.}}{{end}}
    workers: {{.Workers}} # assumed: twice as many as were busy
    service_time: {distribution: exponential, mean: {{or .Mean $.Usual}}} # {{if .Mean}}the mean is that of connections, waiting included{{else}}the mean is assumed: none was seen{{end}}; distribution assumed
{{- end}}
traffic: {per_second: {{number .Rate}}} # {{if .PerSecond}}assumed to be steady{{else}}assumed: none came{{end}}
clients: # assumed, all of it
  addresses: {prefix: {{.Clients}}, count: 1000}
{{- with .Destinations}}
  destinations: {prefix: {{.}}, count: 1}{{end}}
  timeout: 10s
  requests: 1
`

// recorded is what the template needs besides.
type recorded struct {
	sketch
	OnePacket             bool
	Persistence, Usual    time.Duration
	Netmask               string
	Forward, ForwardNote  string
	Rate                  float64
	Clients, Destinations string
}

func (s sketch) write(w io.Writer) error {
	t, err := template.New("scenario").Funcs(template.FuncMap{
		"clock":   func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
		"whole":   func(d time.Duration) time.Duration { return d.Round(time.Second) },
		"number":  func(x float64) string { return strconv.FormatFloat(x, 'g', 4, 64) },
		"inc":     func(i int) int { return i + 1 },
		"join":    strings.Join,
		"address": quotedAddress,
	}).Parse(recordedText)
	if err != nil {
		return err
	}
	r := s.recorded()
	return t.Execute(w, &r)
}

func (s sketch) recorded() recorded {
	f := file{}
	f.config.Service.ID = s.Service.ID
	clients := f.defaultClients()
	r := recorded{
		sketch:    s,
		OnePacket: s.Service.Flags.Has(ipvs.FlagOnePacket),
		Usual:     50 * time.Millisecond,
		Netmask:   s.Service.Netmask.String(),
		Rate:      s.PerSecond,
		Clients:   clients.Addresses.Prefix.String(),
	}
	if s.Service.Flags.Has(ipvs.FlagPersistent) {
		r.Persistence = s.Service.Persistence
	}
	if s.Service.ID.Family() == ipvs.IPv6 && r.Netmask != "" {
		r.Netmask = strconv.Quote(r.Netmask)
	}
	if s.Service.ID.Mark != 0 {
		r.Destinations = clients.Destinations.Prefix.String()
	}
	if r.Rate == 0 {
		r.Rate = 100
	}
	r.Forward, r.ForwardNote = s.forward()
	return r
}

// forward returns the forwarding method of the servers, and what to say about
// it.
func (s sketch) forward() (method, note string) {
	first := s.Servers[0].Forward
	for _, other := range s.Servers {
		if other.Forward != first {
			note = "assumed: the servers differ, this is the first one's"
		}
	}
	switch first {
	case ipvs.Masq, ipvs.Route, ipvs.Tunnelled:
		return first.String(), note
	}
	return ipvs.Masq.String(), "assumed: " + first.String() + " cannot be simulated"
}

// quotedAddress prints a server's identity as YAML takes it.
func quotedAddress(id ipvs.ServerID) string {
	if id.Addr().Is6() {
		return strconv.Quote(id.String())
	}
	return id.String()
}
