package tuner

import (
	"slices"
	"strings"
)

const (
	// fewSessions is the part of new connections that a failing server is left
	// with, where they are sessions.
	fewSessions = 0.01
	// endsAfter is for how many periods connections are taken to be sessions
	// still where some do not look so.
	endsAfter = 3
)

// sessions reports whether the director's counters show how long sessions last
// and not requests: at the server where they are shortest too, connections last
// for half a period. One that is overrun shows such times as well, but not all.
// That is so for some periods longer: a server that fails ends them early, and
// one that is well again has none that are old.
func (f *fleet) sessions(known *serviceState) bool {
	long, short := 0, 0
	for i := range f.servers {
		switch s := &f.servers[i]; {
		case !s.counters:
			known.Lasting = 0
			return false
		case !s.measured || known.Servers[i].Relieved:
		case s.latency < f.at.interval.Seconds()/2:
			short++
		default:
			long++
		}
	}
	switch known.Lasting = min(known.Lasting, f.at.now); {
	case short == 0 && (long > 0 || !known.Lasting.IsZero()):
		known.Lasting = f.at.now
	case f.at.now.sub(known.Lasting) > endsAfter*f.at.interval:
		known.Lasting = 0
	}
	return !known.Lasting.IsZero()
}

// keepSessions leaves the weights alone where connections are sessions, but for
// servers that fail: new connections to those are lost for sure, and of what the
// others may bear nothing is known. Those that are there stay where they are. A
// server that is well again gets back what it had.
func (f *fleet) keepSessions(known *serviceState, policy Policy) decision {
	d := hold(CodeSessions, "connections last so long that they are sessions, whose length says nothing of a server: tune it by another source")
	if policy != Optimize {
		return d // its steps are small
	}
	known.noteFailing(f.servers, true)
	due := f.due(known)
	lost, back := f.astray(known, due)
	weights := f.relieving(due)
	if len(lost)+len(back) == 0 || slices.Equal(weights, weightsOf(f.servers)) {
		return d
	}
	d.action, d.weights = Apply, weights
	if len(back) > 0 {
		d.code = CodeJoined
		d.reason += "; new ones go to " + strings.Join(back, ", ") + " again"
	}
	if len(lost) > 0 {
		d.code = CodeFailing
		d.reason += "; hardly any new ones go to " + strings.Join(lost, ", ")
	}
	return d
}

// noteFailing notes which servers are to get back what they had once they are
// well: until they have it, or what they bear is measured instead.
func (s *serviceState) noteFailing(servers []server, sessions bool) {
	for i := range servers {
		v, known := &servers[i], &s.Servers[i]
		known.Relieved = v.failing || known.Relieved && (sessions || !v.measured || !v.bears())
	}
}
