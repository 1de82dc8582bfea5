package director

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Entries are found as those of a map would be, however many come and go.
func TestIndex(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	table := newEntries()
	known := map[key]number{}
	for range 50_000 {
		k := key{client: address{low: random.Uint64N(3000)}, clientPort: uint16(random.Uint32N(3))}
		n, found := known[k]
		if got := table.find(k); got != n {
			t.Fatalf("found %d, want %d", got, n)
		}
		if found {
			table.free(n)
			delete(known, k)
		} else {
			known[k] = table.add(k)
		}
	}
	if len(table.list) > 9001 {
		t.Errorf("%d places for at most 9000 entries", len(table.list)-1)
	}
}

// Whatever happens, the gauges are what the table has, and after all timeouts
// both are empty.
func TestGaugesAreTheTable(t *testing.T) {
	for _, scheduler := range allSchedulers() {
		for _, flags := range []ipvs.Flags{0, ipvs.FlagPersistent} {
			t.Run(scheduler, func(t *testing.T) {
				o := randomly()
				o.ExpireNodest = flags != 0
				s := serviceOf(t, o, ipvs.VirtualService{Scheduler: scheduler, Flags: flags, Persistence: 30 * time.Second}, 3, 1, 4, 1, 5)
				d := s.director
				random := rand.New(rand.NewPCG(5, 6))
				var now time.Duration
				var conns []Conn
				for range 3000 {
					now += time.Duration(random.Int64N(int64(300 * time.Millisecond)))
					conns = anything(t, s, random, now, conns)
					checkGauges(t, s)
				}
				d.Expire(now + 2000*time.Second)
				if left := d.Connections(d.now); len(left) > 0 {
					t.Errorf("%d entries never end, as %+v", len(left), left[0])
				}
				checkGauges(t, s)
			})
		}
	}
}

func anything(t *testing.T, s *Service, random *rand.Rand, now time.Duration, conns []Conn) []Conn {
	t.Helper()
	d := s.director
	server := serverOf(random.IntN(5))
	weight, upper := random.Uint32N(4), random.Uint32N(30)
	switch dice := random.IntN(100); {
	case dice < 60 || len(conns) == 0:
		if c, verdict := s.Connect(now, Flow{Client: clientOf(random.Uint32N(50), uint16(1+random.Uint32N(50)))}); verdict == Forwarded {
			return append(conns, c)
		}
	case dice < 75:
		d.FromClient(now, conns[random.IntN(len(conns))], Segment(random.IntN(4)))
	case dice < 90:
		d.FromServer(now, conns[random.IntN(len(conns))], Segment(random.IntN(4)))
	case dice < 98:
		_, _ = s.EditServer(now, server, ipvs.Edit{Weight: &weight, UpperThreshold: &upper})
	case s.DeleteServer(now, server) != nil:
		if err := s.AddServer(now, ipvs.RealServer{ID: server, Weight: weight, Forward: ipvs.Route}); err != nil {
			t.Fatal(err)
		}
	}
	return conns
}

// checkGauges counts the table and compares.
func checkGauges(t *testing.T, s *Service) {
	t.Helper()
	type counts struct{ active, total, persistent int32 }
	got, want := make([]counts, len(s.known)), make([]counts, len(s.known))
	for i := range s.director.entries.list {
		e := &s.director.entries.list[i]
		switch {
		case !e.open:
		case e.template:
			want[e.server].persistent++
		case e.active:
			want[e.server].active++
			fallthrough
		default:
			want[e.server].total++
		}
	}
	for n := range s.known {
		g := s.gauges(uint16(n))
		got[n] = counts{g.active, g.total, int32(s.known[n].persistent)}
		if got[n] != want[n] {
			t.Fatalf("server %d: gauges %+v, table %+v", n, got[n], want[n])
		}
	}
}

// In the steady state connections allocate nothing, and the table has only
// places for those that are there.
func TestNoAllocation(t *testing.T) {
	for _, scheduler := range allSchedulers() {
		l := newLoad(t, scheduler, 10, 20*time.Millisecond)
		for range 7000 {
			l.connect()
		}
		places := len(l.service.director.entries.list)
		if allocated := testing.AllocsPerRun(2000, l.connect); allocated != 0 {
			t.Errorf("%s: %v allocations a connection", scheduler, allocated)
		}
		if grown := len(l.service.director.entries.list) - places; grown > 0 {
			t.Errorf("%s: %d more places in the steady state", scheduler, grown)
		}
	}
}
