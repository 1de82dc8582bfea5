package tuner

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// street is a director with a service whose servers of four workers each get
// connections by turns, by chance in time; its kernel brings the counter up to
// date every two seconds.
type street struct {
	random  *rand.Rand
	now     time.Duration
	rate    float64 // connections per second, of all
	next    time.Duration
	servers []lane
	policy  Policy
}

type lane struct {
	weight  uint32
	credit  float64
	hangs   bool
	mean    time.Duration // of work
	working [4]time.Duration
	queue   int
	came    uint64
	counted uint64
}

func newStreet(seed uint64, rate float64, means ...time.Duration) *street {
	s := &street{policy: Optimize, random: rand.New(rand.NewPCG(seed, 2)), rate: rate}
	for _, m := range means {
		s.servers = append(s.servers, lane{weight: 1, mean: m})
	}
	return s
}

// pass lets time pass, a hundredth of a second after the other.
func (s *street) pass(until time.Duration) {
	const tick = 10 * time.Millisecond
	for ; s.now < until; s.now += tick {
		for s.next <= s.now {
			l := s.choose()
			l.came++
			l.queue++
			s.next += time.Duration(s.random.ExpFloat64() / s.rate * float64(time.Second))
		}
		for i := range s.servers {
			l := &s.servers[i]
			for w := range l.working {
				if l.working[w] > 0 && l.working[w] <= s.now && !l.hangs {
					l.working[w] = 0
				}
				if l.working[w] == 0 && l.queue > 0 {
					l.queue--
					l.working[w] = s.now + 1 + time.Duration(s.random.ExpFloat64()*float64(l.mean))
				}
			}
			if s.now%(2*time.Second) == 0 {
				l.counted = l.came
			}
		}
	}
}

// choose returns the server of a connection, the weights dealt evenly.
func (s *street) choose() *lane {
	sum, best := 0.0, 0
	for i := range s.servers {
		l := &s.servers[i]
		l.credit += float64(l.weight)
		sum += float64(l.weight)
		if l.credit > s.servers[best].credit {
			best = i
		}
	}
	s.servers[best].credit -= sum
	return &s.servers[best]
}

func (s *street) apply(p Plan) {
	for i, server := range p.Services[0].Servers {
		s.servers[i].weight = server.Weight
	}
}

func (s *street) table() *ipvs.Table {
	v := ipvs.VirtualService{ID: plantService, Scheduler: "wrr"}
	for i, l := range s.servers {
		active := l.queue
		for _, w := range l.working {
			if w > 0 {
				active++
			}
		}
		v.Servers = append(v.Servers, ipvs.RealServer{ID: plantServer(i), Weight: l.weight, ActiveConnections: uint32(active),
			Stats: ipvs.Stats{Connections: l.counted}})
	}
	return &ipvs.Table{Services: []ipvs.VirtualService{v}}
}

// tune tunes the street from one instant to another by the director's
// counters, and returns what was alarmed of between the decisions, and when
// first.
func (s *street) tune(state *State, from, to time.Duration) (why string, at time.Duration) {
	begin := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	cfg := plantConfig()
	cfg.Services[0].Policy = s.policy
	for t := from.Truncate(SampleInterval); t < to; t += SampleInterval {
		s.pass(t)
		now, table := begin.Add(t), s.table()
		var plan Plan
		if t%cfg.Interval == 0 {
			plan, *state = Step(cfg, *state, table, nil, now)
			s.apply(plan)
			continue
		}
		servers := table.Services[0].Servers
		state.Sample(plantService, servers, cfg.Interval, now)
		if alarm := state.Alarm(plantService, servers, nil, now); alarm != "" {
			if why == "" {
				why, at = alarm, t
			}
			plan, *state = StepEarly(cfg, *state, table, nil, Alarms{plantService: alarm}, now)
			s.apply(plan)
		}
	}
	return why, at
}

// TestHangIsSeen has one of five servers hang at different times in a period.
func TestHangIsSeen(t *testing.T) {
	for seed := range uint64(10) {
		s := newStreet(seed, 250, 40*time.Millisecond, 40*time.Millisecond, 40*time.Millisecond, 40*time.Millisecond, 40*time.Millisecond)
		var state State
		hung := 61*time.Second + time.Duration(seed)*600*time.Millisecond
		if why, at := s.tune(&state, 0, hung); why != "" {
			t.Fatalf("seed %d: alarmed at %s: %s", seed, at, why)
		}
		s.servers[3].hangs = true
		why, at := s.tune(&state, hung, hung+3*time.Second)
		if want := plantServer(3).String() + " ends no connections"; why != want || at > hung+2500*time.Millisecond {
			t.Errorf("seed %d: %q, %s after it hung", seed, why, at-hung)
		}
	}
}

// TestCrowdIsNoHang lets a crowd come: at first the kernel's counter does not
// show it, and connections pile up.
func TestCrowdIsNoHang(t *testing.T) {
	tests := []struct {
		name    string
		crowd   float64 // by what factor more come
		means   []time.Duration
		lasting time.Duration
	}{
		{"half as many more", 1.5, equalMeans(5, 40*time.Millisecond), 8 * time.Second},
		{"all are saturated", 2.4, equalMeans(5, 40*time.Millisecond), 8 * time.Second},
		{"far too many", 5, equalMeans(5, 40*time.Millisecond), 8 * time.Second},
		{"one is as good as saturated", 1, append(equalMeans(4, 15*time.Millisecond), 79*time.Millisecond), 300 * time.Second},
		{"one is a little too slow", 1, append(equalMeans(4, 15*time.Millisecond), 100*time.Millisecond), 60 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for seed := range uint64(10) {
				s := newStreet(seed, 250, test.means...)
				var state State
				begin := 61*time.Second + time.Duration(seed)*600*time.Millisecond
				if why, at := s.tune(&state, 0, begin); why != "" {
					t.Errorf("seed %d: alarmed before it at %s: %s", seed, at, why)
				}
				s.rate *= test.crowd
				if why, at := s.tune(&state, begin, begin+test.lasting); why != "" {
					t.Errorf("seed %d: alarmed %s after: %s", seed, at-begin, why)
				}
			}
		})
	}
}

// TestHangsUnderThresholds has one server pile up what comes to it.
func TestHangsUnderThresholds(t *testing.T) {
	now := stampAfter(0)
	known := func(i int, active uint32, pressed bool) serverState {
		s := serverState{ID: plantServer(i), Glance: glance{Time: now, Active: 10},
			Window: window{Time: now.add(4 * time.Second), Active: active}}
		if pressed {
			s.Limit.PressedAt = now.time()
		}
		return s
	}
	tests := []struct {
		name   string
		piling bool // the server that piles up is pressed
		other  bool // another one is
		want   int
	}{
		{"another server is pressed", false, true, 0},
		{"both are", true, true, 0},
		{"none is", false, false, 1},
		{"the server itself is", true, false, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serviceState{Demand: demand{PerSecond: 200}, Servers: []serverState{known(0, 410, tt.piling), known(1, 10, tt.other)}}
			s.Servers[0].Pile = pile{Since: now, Active: 10, Expected: 400}
			if got := s.hanging(); len(got) != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// TestTakenToHangByMistake has one of the servers saturated by a crowd that the
// others do not feel yet: it is relieved, and soon has its part again.
func TestTakenToHangByMistake(t *testing.T) {
	const last = 4
	mistaken := 0
	for seed := range uint64(10) {
		s := newStreet(seed, 250, append(equalMeans(last, 15*time.Millisecond), 50*time.Millisecond)...)
		var state State
		begin := 61*time.Second + time.Duration(seed)*200*time.Millisecond
		s.policy = Static
		s.tune(&state, 0, begin)
		s.policy = Optimize
		s.rate *= 2.4
		for t := begin; t < begin+7*time.Second; t += 3500 * time.Millisecond {
			if why, _ := s.tune(&state, t, t+3500*time.Millisecond); why != "" {
				mistaken++
			}
		}
		if known := knownOf(state, last); !known.Hangs.IsZero() {
			t.Errorf("seed %d: it is still taken to hang, weights %d of %d", seed, s.servers[last].weight, s.servers[0].weight)
		}
	}
	if mistaken == 0 {
		t.Error("it never was taken to hang")
	}
}

func equalMeans(n int, mean time.Duration) []time.Duration {
	means := make([]time.Duration, n)
	for i := range means {
		means[i] = mean
	}
	return means
}

func knownOf(s State, server int) *serverState {
	known := s.Services[plantService]
	return known.server(plantServer(server))
}
