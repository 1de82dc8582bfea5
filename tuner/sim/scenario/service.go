package scenario

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// The schedulers that the simulated director knows.
func schedulers() []string {
	return []string{"rr", "wrr", "lc", "wlc", "fo", "ovf", "lblc", "lblcr", "dh", "sh", "sed", "nq", "mh", "twos"}
}

func (f *file) readService(v yamlfile.Value) {
	s := &f.config.Service
	s.OverheadFactor = 257
	known := ipvs.VirtualService{}
	var flags []yamlfile.Value
	onePacket := false
	v.Fields(fields{
		"id":              func(v yamlfile.Value) { readWord(v, &s.ID, ipvs.ParseServiceID) },
		"scheduler":       func(v yamlfile.Value) { yamlfile.Choice(v, &s.Scheduler, schedulers()...) },
		"scheduler_flags": func(v yamlfile.Value) { v.Items(func(item yamlfile.Value) { flags = append(flags, item) }) },
		"one_packet":      func(v yamlfile.Value) { v.Boolean(&onePacket) },
		"persistence":     func(v yamlfile.Value) { v.Duration(&s.Persistence, time.Second, longestWait, time.Second) },
		"netmask":         func(v yamlfile.Value) { readWord(v, &s.Netmask, ipvs.ParseNetmask) },
		"forward":         func(v yamlfile.Value) { readForward(v, &s.Forward) },
		"overhead_factor": func(v yamlfile.Value) { v.Integer(&s.OverheadFactor, 256, 257) },
		"timeouts":        func(v yamlfile.Value) { readTimeouts(v, &s.Timeouts) },

		"expire_quiescent_template": func(v yamlfile.Value) { v.Boolean(&s.ExpireQuiescentTemplate) },
	})
	v.Require("id")
	v.Require("scheduler")
	known.Scheduler = s.Scheduler
	for _, item := range flags {
		readSchedulerFlag(item, &known)
	}
	s.Flags = known.Flags
	if onePacket {
		s.Flags |= ipvs.FlagOnePacket
	}
	if s.Persistence > 0 {
		s.Flags |= ipvs.FlagPersistent
	} else if (s.Netmask != ipvs.Netmask{}) {
		v.Problem("netmask groups the clients of a persistent service, and persistence is not set")
	}
}

// readWord reads a word by its parser.
func readWord[T any](v yamlfile.Value, into *T, parse func(string) (T, error)) {
	var text string
	v.Text(&text)
	if text == "" {
		return
	}
	id, err := parse(text)
	if err != nil {
		v.Problem("%s", err)
		return
	}
	*into = id
}

// readForward reads a forwarding method by which servers can be simulated.
func readForward(v yamlfile.Value, into *ipvs.Forward) {
	var text string
	yamlfile.Choice(v, &text, ipvs.Masq.String(), ipvs.Route.String(), ipvs.Tunnelled.String())
	if text != "" {
		*into, _ = ipvs.ParseForward(text) // one of the words above
	}
}

func readSchedulerFlag(v yamlfile.Value, into *ipvs.VirtualService) {
	var name string
	v.Text(&name)
	if name == "" || into.Scheduler == "" {
		return
	}
	if err := into.AddSchedulerFlags([]string{name}); err != nil {
		v.Problem("%s", err)
	}
}

func readTimeouts(v yamlfile.Value, into *ipvs.Timeouts) {
	timeout := func(into *time.Duration) func(yamlfile.Value) {
		return func(v yamlfile.Value) { v.Duration(into, time.Second, longestWait, time.Second) }
	}
	v.Fields(fields{
		"tcp":     timeout(&into.TCP),
		"tcp_fin": timeout(&into.TCPFin),
		"udp":     timeout(&into.UDP),
	})
}
