package tuner

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// text returns the states as a state file has them: the same as from
// encoding/json, but for the servers, of which there may be very many. They are
// lines of their own, see [row.values].
func (s States) text() ([]byte, error) {
	w := stateWriter{text: make([]byte, 0, s.about())}
	w.add(`{"version":`)
	w.value(stateVersion)
	w.add(`,"netns":{`)
	for i, netns := range slices.Sorted(maps.Keys(s)) {
		w.key(i, netns)
		w.state(s[netns])
	}
	w.add("}}\n")
	return w.text, w.err
}

// about returns how long the text will be, or more.
func (s States) about() int {
	servers := 0
	for _, state := range s {
		for _, v := range state.Services {
			servers += len(v.Servers)
		}
	}
	return 4096 + 400*servers
}

// stateWriter appends to a text until something cannot be written.
type stateWriter struct {
	text []byte
	err  error
}

func (w *stateWriter) add(text string) { w.text = append(w.text, text...) }

func (w *stateWriter) value(v any) {
	text, err := json.Marshal(v)
	w.text = append(w.text, text...)
	if w.err == nil {
		w.err = err
	}
}

// key begins the i-th member of an object.
func (w *stateWriter) key(i int, key string) {
	if i > 0 {
		w.add(",")
	}
	w.value(key)
	w.add(":")
}

// open begins an object with the members of a value, to which one more is to be
// added.
func (w *stateWriter) open(v any) {
	w.value(v)
	w.text = bytes.TrimSuffix(w.text, []byte("}"))
	if !bytes.HasSuffix(w.text, []byte("{")) {
		w.add(",")
	}
}

func (w *stateWriter) state(s State) {
	services := s.Services
	s.Services = nil
	if len(services) == 0 {
		w.value(s)
		return
	}
	w.open(s)
	w.add(`"services":{`)
	for i, id := range slices.SortedFunc(maps.Keys(services), ipvs.ServiceID.Compare) {
		w.key(i, id.String())
		w.service(services[id])
	}
	w.add("}}")
}

func (w *stateWriter) service(s serviceState) {
	servers, resting := s.Servers, s.Rest
	s.Servers, s.Rest = nil, rest{}
	if len(servers) == 0 {
		w.value(s)
		return
	}
	w.open(s)
	if resting.Servers != nil {
		w.add(`"rest":`)
		w.rest(resting)
		w.add(",")
	}
	w.add(`"servers":[`)
	for i := range servers {
		w.row(i, &servers[i])
	}
	w.add("]}")
}

func (w *stateWriter) rest(r rest) {
	servers := r.Servers
	r.Servers = nil
	w.open(r)
	w.add(`"servers":[`)
	for i := range servers {
		w.row(i, &servers[i])
	}
	w.add("]}")
}

// row adds the i-th line of an array.
func (w *stateWriter) row(i int, line interface{ appendRow([]byte) ([]byte, error) }) {
	if i > 0 {
		w.add(",")
	}
	w.add("\n")
	text, err := line.appendRow(w.text)
	switch {
	case err == nil:
		w.text = text
	case w.err == nil:
		w.err = err
	}
}
