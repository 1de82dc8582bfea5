//go:build lab

package e2e

import (
	"testing"
)

// Whatever becomes of services, of their servers and of the clock, the tuner goes
// on, and at most one line tells that a service is gone.
func TestGoesOnWhileTableChanges(t *testing.T) {
	const server = " -r 10.0.2.4:8080"
	e := arrangeEnduring(t, "changing", 6)
	do := func(script string) func() { return func() { shIn(t, e.namespace, script) } }
	turn := func(hours string) func() { return do("date -s @$(($(date +%s) " + hours + " * 3600))") }
	readd := func(service string) func() { return func() { e.add(service) } }
	addServer := func(service, weight string) string { return "ipvsadm -a -m -t " + service + server + " -w " + weight }
	tests := []struct {
		name       string
		begin, end func()
	}{
		{"clock an hour forth and back", turn("+ 1"), turn("- 1")},
		{"server deleted and added again", do("ipvsadm -d -t " + e.services[1] + server + "; " + addServer(e.services[1], "77")), func() {}},
		{"server deleted for a while", do("ipvsadm -d -t " + e.services[2] + server), do(addServer(e.services[2], "77"))},
		{"scheduled otherwise", do("ipvsadm -E -s sh -t " + e.services[3]), do("ipvsadm -E -s wrr -t " + e.services[3])},
		{"service deleted and added again", func() { do("ipvsadm -D -t " + e.services[4])(); e.add(e.services[4]) }, func() {}},
		{"service deleted for a while", do("ipvsadm -D -t " + e.services[5]), readd(e.services[5])},
	}
	e.tune(changing(t, e.namespace))
	e.awaitOthers(e.untuned)
	from := len(e.out.String())
	for _, test := range tests {
		test.begin()
	}
	pass(t, 2, e)
	for _, test := range tests {
		test.end()
	}
	e.awaitOthers(e.weights())
	for i, service := range e.services {
		if lines := e.errors(from, service); lines > 1 || lines > 0 && i < 4 {
			t.Errorf("%s: it says\n%s", tests[i].name, e.out)
		}
	}
}
