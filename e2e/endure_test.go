//go:build lab

package e2e

import (
	"strings"
	"testing"
)

// fault is something that a tuner is to go on after. While it lasts no weights
// of the service are written, and each of the messages is logged once.
type fault struct {
	name       string
	service    string // "" is all
	says       []string
	begin, end func()
}

// endure waits until some tuners write, has their faults begin at once and last
// for two whole decisions, and ends them.
func endure(t *testing.T, all ...*enduring) {
	t.Helper()
	for _, e := range all {
		e.awaitOthers(e.untuned)
	}
	from := make([]int, len(all))
	for i, e := range all {
		from[i] = len(e.out.String())
		e.each(func(f fault) { f.begin() })
	}
	pass(t, 1, all...) // it may have begun before
	before := make([]map[string]string, len(all))
	for i, e := range all {
		before[i] = e.weights()
	}
	pass(t, 2, all...)
	for i, e := range all {
		e.expectStill(before[i])
		e.expectSaid(from[i], "")
		before[i] = e.weights()
		e.each(func(f fault) { f.end() })
	}
	for i, e := range all {
		e.awaitOthers(before[i])
		e.expectSaid(from[i], ": works again")
	}
}

func (e *enduring) each(do func(fault)) {
	for _, f := range e.faults {
		do(f)
	}
}

// expectStill wants the weights that suffer from a fault to have stood, and all
// others to have been changed.
func (e *enduring) expectStill(before map[string]string) {
	e.Helper()
	now := e.weights()
	for _, service := range e.services {
		suffers := ""
		e.each(func(f fault) {
			if f.service == "" || f.service == service {
				suffers = f.name
			}
		})
		if stand := now[service] == before[service]; stand != (suffers != "") {
			e.Errorf("%s: weights that stood: %t, of %s:\n%swere\n%s%s", suffers, stand, service, now[service], before[service], e.out)
		}
	}
}

// expectSaid wants each message of the faults, with more behind it, to have been
// logged once since then.
func (e *enduring) expectSaid(from int, more string) {
	e.Helper()
	count := map[string]int{}
	for line := range strings.Lines(e.out.String()[from:]) {
		if fields := strings.Split(line, "\t"); len(fields) > 2 {
			count[strings.TrimSpace(fields[2])]++
		}
	}
	e.each(func(f fault) {
		for _, message := range f.says {
			if n := count[message+more]; n != 1 {
				e.Errorf("%s: it says %q %d times:\n%s", f.name, message+more, n, e.out.String()[from:])
			}
		}
	})
}
