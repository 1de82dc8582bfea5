package ipvs

import (
	"fmt"
	"slices"
	"testing"
)

// fakeTable answers with a table, each virtual service in a datagram of its own.
type fakeTable struct {
	lists   [][]string // of services, one listing after another; the last stays
	listed  int
	servers map[string][][]RealServer // by service, in datagrams
	info    [][]byte
	config  [][]byte
}

func newFakeTable(t testing.TB, lists ...[]string) *fakeTable {
	return &fakeTable{
		lists:   lists,
		servers: map[string][][]RealServer{},
		info:    capturedMessages(t, captures[0], "info"),
		config:  capturedMessages(t, captures[0], "config"),
	}
}

func (f *fakeTable) answer(command uint8, attributes []byte) [][][]byte {
	switch command {
	case cmdGetInfo:
		return [][][]byte{f.info}
	case cmdGetConfig:
		return [][][]byte{f.config}
	case cmdGetService:
		return f.services()
	case cmdGetServer:
		var s VirtualService
		if err := parseService(&s, attributes, names{}); err != nil {
			panic(err)
		}
		return encodeServers(f.servers[s.ID.String()])
	}
	return nil
}

func (f *fakeTable) services() (datagrams [][][]byte) {
	for _, text := range f.lists[min(f.listed, len(f.lists)-1)] {
		id, err := ParseServiceID(text)
		if err != nil {
			panic(err)
		}
		var e encoder
		e.service(id)
		datagrams = append(datagrams, [][]byte{e.b})
	}
	f.listed++
	return datagrams
}

func encodeServers(datagrams [][]RealServer) (encoded [][][]byte) {
	for _, list := range datagrams {
		var messages [][]byte
		for i := range list {
			var e encoder
			e.server(&list[i])
			messages = append(messages, e.b)
		}
		encoded = append(encoded, messages)
	}
	return encoded
}

// short names services and numbers their servers by the last byte.
func (t *Table) short() string {
	text := ""
	for _, s := range t.Services {
		text += s.ID.String()
		for _, r := range s.Servers {
			text += fmt.Sprint(" ", r.ID.Addr().As4()[3])
		}
		text += "; "
	}
	return text + fmt.Sprintf("%d duplicates, %d retries", t.Duplicates, t.Retries)
}

func TestTableTorn(t *testing.T) {
	const a, b, c = "tcp/10.0.0.1:80", "tcp/10.0.0.2:80", "fwm/3"
	some := manyServers(9)
	tests := []struct {
		name    string
		lists   [][]string
		servers [][]RealServer // of the service a
		want    string
		listed  int
	}{
		{"in one datagram", [][]string{{a}}, [][]RealServer{some[:3]}, a + " 1 2 3; 0 duplicates, 0 retries", 1},
		{"in several, whole", [][]string{{a, b}}, [][]RealServer{some[:2], some[2:3]}, a + " 1 2 3; " + b + " 4; 0 duplicates, 0 retries", 2},
		{"a service skipped", [][]string{{a, c}, {a, b, c}}, [][]RealServer{some[:1]}, a + " 1; " + b + " 4; " + c + " 5; 0 duplicates, 1 retries", 3},
		{"a service repeated", [][]string{{a, b, b}, {a, b}}, [][]RealServer{some[:1]}, a + " 1; " + b + " 4; 1 duplicates, 1 retries", 2},
		{"ever changing", [][]string{{a, b}, {b, a}, {c, a}, {a, c}, {b, c}, {c, a}}, [][]RealServer{some[:1]}, b + " 4; " + c + " 5; 0 duplicates, 2 retries", 6},
		{"a server repeated at the border", [][]string{{a}}, [][]RealServer{some[:3], some[2:4]}, a + " 1 2 3 4; 3 duplicates, 2 retries", 3},
		{"a server repeated after new ones", [][]string{{a}}, [][]RealServer{some[:2], {some[7], some[8], some[0], some[2]}},
			a + " 1 2 8 9 3; 3 duplicates, 2 retries", 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFakeTable(t, test.lists...)
			f.servers[a], f.servers[b], f.servers[c] = test.servers, [][]RealServer{some[3:4]}, [][]RealServer{some[4:5]}
			conn, _ := connectFake(t, f.answer)
			got, err := conn.table()
			if err != nil {
				t.Fatal(err)
			}
			if got.short() != test.want || f.listed != test.listed {
				t.Errorf("got %s, listed %d times\nwant %s, %d times", got.short(), f.listed, test.want, test.listed)
			}
		})
	}
}

// A list of services that is as at the last read needs no second look.
func TestTableListedOnce(t *testing.T) {
	f := newFakeTable(t, []string{"tcp/10.0.0.1:80", "tcp/10.0.0.2:80"})
	for _, id := range f.lists[0] {
		f.servers[id] = [][]RealServer{manyServers(2)}
	}
	c, k := connectFake(t, f.answer)
	for _, want := range []int{2, 3, 4} {
		if _, err := c.table(); err != nil {
			t.Fatal(err)
		}
		if f.listed != want {
			t.Errorf("listed %d times, want %d", f.listed, want)
		}
	}
	if n := len(slices.DeleteFunc(k.asked, func(c uint8) bool { return c != cmdGetServer })); n != 6 {
		t.Errorf("asked for real servers %d times, want 6", n)
	}
}

// A table that is given back is the memory of the next, and shows through
// nowhere.
func TestTableInUsedMemory(t *testing.T) {
	const a, b = "tcp/10.0.0.1:80", "tcp/10.0.0.2:80"
	f := newFakeTable(t, []string{a, b})
	f.servers[a], f.servers[b] = [][]RealServer{manyServers(5)}, [][]RealServer{manyServers(3)}
	conn, _ := connectFake(t, f.answer)
	c := &Client{conn: conn}
	first, err := conn.table()
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("%+v", first.Services)
	stale := RealServer{Forward: 99, Weight: 99, UpperThreshold: 99, LowerThreshold: 99, ActiveConnections: 99,
		InactiveConnections: 99, PersistentConnections: 99, Tunnel: Tunnel{99, 99, 99},
		Stats: Stats{99, 99, 99, 99, 99, Rates{99, 99, 99, 99, 99}, true}}
	for i := range first.servers {
		first.servers[i] = stale
	}
	for i := range first.Services {
		first.Services[i] = VirtualService{Scheduler: "stale", Engine: "stale", Flags: 99, Persistence: 99}
	}
	c.Reuse(first)
	second, err := conn.table()
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%+v", second.Services); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if &second.servers[0] != &first.servers[0] || &second.Services[0] != &first.Services[0] {
		t.Error("the memory is not used again")
	}
	if third, err := conn.table(); err != nil || &third.servers[0] == &second.servers[0] {
		t.Errorf("the memory of a table that was not given back is used (%v)", err)
	}
}
