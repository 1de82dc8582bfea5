package figures

import (
	"fmt"
	"strings"
	"text/template"
)

// member is one of the family of servers of capacity 1:1:2:4, 400 requests per
// second in all: what the template of its scenario is filled with.
type member struct {
	Make      machines
	Scheduler string
	Percent   int // busy
}

// Name returns that of the scenario.
func (m member) Name() string {
	return fmt.Sprintf("capacities-%s-%d-%s", m.Scheduler, m.Percent, m.Make.Key)
}

// PerSecond returns the requests that come.
func (m member) PerSecond() int { return 4 * m.Percent }

// machines are a way for servers to have these capacities.
type machines struct {
	Key, Name, Story, Servers string
}

func makes() []machines {
	const exponential = "service_time: {distribution: exponential, mean: "
	bySpeed := func(rest, mean string) string {
		return "  half: {address: 10.0.0.2:80, count: 2, speed: 0.5, " + rest + exponential + mean + "}}\n" +
			"  one: {address: 10.0.0.4:80, " + rest + exponential + mean + "}}\n" +
			"  two: {address: 10.0.0.5:80, speed: 2, " + rest + exponential + mean + "}}\n"
	}
	return []machines{
		{"speed", "by speed", "Four servers that differ in speed and work on one request at a time.",
			bySpeed("", "10ms")},
		{"cores", "by speed, four workers each", "Four servers of four workers each that differ in speed.",
			bySpeed("workers: 4, ", "40ms")},
		{"workers", "by number of workers", "Four servers that differ in the number of their workers.",
			"  half: {address: 10.0.0.2:80, count: 2, " + exponential + "20ms}}\n" +
				"  one: {address: 10.0.0.4:80, workers: 2, " + exponential + "20ms}}\n" +
				"  two: {address: 10.0.0.5:80, workers: 4, " + exponential + "20ms}}\n"},
		{"sharing", "by speed, shared", "Four servers that differ in speed and share it among all their requests.",
			bySpeed("discipline: ps, workers: 2, ", "20ms")},
	}
}

// family returns every scheduler at every load on servers of one worker, and
// once more on servers of another make, so that each make meets every
// scheduler and every load.
func family() []member {
	var members []member
	all := makes()
	for i, scheduler := range []string{"wrr", "mh", "sh", "wlc", "sed"} {
		for j, percent := range []int{50, 70, 85} {
			members = append(members, member{all[0], scheduler, percent}, member{all[1+(i+j)%3], scheduler, percent})
		}
	}
	return members
}

// text returns the scenario as a file has it.
func (m member) text(t *template.Template) (string, error) {
	var b strings.Builder
	err := t.Execute(&b, m)
	return b.String(), err
}
