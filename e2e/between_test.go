//go:build lab

package e2e

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// meddler does something to a service just before it is written, once, and keeps
// what the service was like right after the write.
type meddler struct {
	tuner.Director
	mu      sync.Mutex
	meddles map[ipvs.ServiceID]func()
	writes  map[ipvs.ServiceID]meddled
}

// meddled is a write that something came before.
type meddled struct {
	edits   []ipvs.ServerEdit
	results []ipvs.Edited
	after   []ipvs.RealServer
	err     error
}

// EditServers implements tuner.Director.
func (m *meddler) EditServers(id ipvs.ServiceID, edits []ipvs.ServerEdit) []ipvs.Edited {
	m.mu.Lock()
	defer m.mu.Unlock()
	meddle := m.meddles[id]
	if meddle == nil {
		return m.Director.EditServers(id, edits)
	}
	delete(m.meddles, id)
	meddle()
	w := meddled{edits: slices.Clone(edits), results: m.Director.EditServers(id, edits)}
	w.after, w.err = m.Director.Servers(id)
	m.writes[id] = w
	return w.results
}

func (m *meddler) meddle(id ipvs.ServiceID, do func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.meddles[id] = do
}

func (m *meddler) write(id ipvs.ServiceID) (meddled, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w, ok := m.writes[id]
	return w, ok
}

const gone = -1 // in place of a weight

// What is deleted, added or scheduled otherwise between the decision and the write
// gets no weight that was not decided of what it was, and is tuned on.
func TestGoesOnWhileMeddledWith(t *testing.T) {
	const server = " -r 10.0.2.4:8080"
	as := func(_ string, weight uint32) int { return int(weight) }
	only := func(weight int) func(string, uint32) int {
		return func(server string, decided uint32) int {
			if server == "10.0.2.4:8080" {
				return weight
			}
			return int(decided)
		}
	}
	tests := []struct {
		name, script string
		readd        bool
		found        func(server string, decided uint32) int // the weight that the write finds, where the decision had one
		lines        int                                     // of errors, at most
	}{
		{"service deleted", "-D -t %s", false, func(string, uint32) int { return gone }, 2}, // it cannot be sampled either
		{"service deleted and added again", "-D -t %s", true, func(string, uint32) int { return 100 }, enduringServers},
		{"scheduled otherwise", "-E -s wlc -t %s", false, as, 0},
		{"server deleted", "-d -t %s" + server, false, only(gone), 1},
		{"server deleted and added again", "-d -t %s" + server + "\n-a -m -w 77 -t %s" + server, false, only(77), 1},
	}
	e := arrangeEnduring(t, "between", len(tests))
	m := &meddler{meddles: map[ipvs.ServiceID]func(){}, writes: map[ipvs.ServiceID]meddled{}}
	e.tuneHere(changing(t, ""), func(d tuner.Director) tuner.Director {
		m.Director = d
		return m
	})
	e.awaitOthers(e.untuned)
	from := len(e.out.String())
	ids := make([]ipvs.ServiceID, len(tests))
	for i, test := range tests {
		ids[i] = serviceID(t, "tcp/"+e.services[i])
		m.meddle(ids[i], func() {
			ipvsadm(t, e.namespace, strings.ReplaceAll(test.script, "%s", e.services[i])+"\n")
			if test.readd {
				e.add(e.services[i])
			}
		})
	}
	for i, test := range tests {
		eventually(t, func() error {
			w, written := m.write(ids[i])
			if !written {
				return errors.New(test.name + ": nothing is written any more")
			}
			w.expect(t, test.name, test.found)
			return nil
		})
	}
	e.add(e.services[0])
	e.awaitOthers(e.weights())
	for i, test := range tests {
		if n := e.errors(from, e.services[i]); n > test.lines {
			t.Errorf("%s: it says %d errors:\n%s", test.name, n, e.out.String()[from:])
		}
	}
}

// expect wants servers to have the weights that were decided, where the write
// found them as the decision had, and the others to be left as they were.
func (w *meddled) expect(t *testing.T, name string, found func(server string, weight uint32) int) {
	t.Helper()
	stand := map[ipvs.ServerID]int{}
	for i := range w.after {
		stand[w.after[i].ID] = int(w.after[i].Weight)
	}
	for i, e := range w.edits {
		want, before := int(*e.Edit.Weight), int(*e.Edit.IfWeight)
		was := found(e.Server.String(), *e.Edit.IfWeight)
		if was != before {
			want = max(was, 0) // as in the map
		}
		if refused := w.results[i].Err != nil; stand[e.Server] != want || refused != (was != before) {
			t.Errorf("%s: %s was %d, is to be %d, and became %d, want %d: %v", name, e.Server, before, *e.Edit.Weight, stand[e.Server], want, w.results[i].Err)
		}
	}
}

// errors counts the lines that tell of one at a service since then.
func (e *enduring) errors(from int, service string) (n int) {
	for line := range strings.Lines(e.out.String()[from:]) {
		if strings.Contains(line, "\terror\t") && strings.Contains(line, service+`"`) {
			n++
		}
	}
	return n
}

func serviceID(t *testing.T, text string) ipvs.ServiceID {
	t.Helper()
	id, err := ipvs.ParseServiceID(text)
	if err != nil {
		t.Fatal(err)
	}
	return id
}
