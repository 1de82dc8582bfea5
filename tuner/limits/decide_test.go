package limits

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// decided decides on one server, one second ahead.
func decided(c Settings, known State, s Server, at time.Duration) (Decision, State) {
	d, next := c.Decide([]State{known}, []Server{s}, epoch.Add(at), time.Second)
	return d[0], next[0]
}

// bearing is 100 requests a second in 40 ms each: 4 at once, and 11 with those
// that may wait.
func bearing(active, inactive uint32) Server {
	return Server{Active: active, Inactive: inactive, Capacity: 100, Workers: 4, Linger: 120}
}

func TestDecisions(t *testing.T) {
	with := func(s Server, change func(*Server)) Server {
		change(&s)
		return s
	}
	tests := []struct {
		name    string
		server  Server
		upper   uint32
		watched bool
	}{
		{"capacity unknown", Server{Active: 100, Workers: 4, Linger: 120}, 0, false},
		{"workers unknown", Server{Active: 100, Capacity: 100, Linger: 120}, 0, false},
		{"workers not a number", Server{Capacity: 100, Workers: math.NaN(), Linger: 120}, 0, false},
		{"workers absurd", Server{Capacity: 100, Workers: 1e6, Linger: 120}, 0, false},
		{"capacity infinite", Server{Capacity: math.Inf(1), Workers: 4, Linger: 120}, 0, false},
		{"connections held open", with(bearing(900, 100), func(s *Server) { s.Held = true }), 0, false},
		{"nothing to do", bearing(0, 0), 13211, false},
		{"busy", bearing(4, 12000), 13211, false},
		{"closed connections last longer than thought", bearing(4, 20000), 22011, false},
		{"has what is about right", with(bearing(4, 6000), func(s *Server) { s.Upper, s.Lower = 14000, 14000 }), 14000, false},
		{"has another lower one", with(bearing(4, 6000), func(s *Server) { s.Upper, s.Lower = 14000, 1000 }), 13211, false},
		{"crowded", bearing(22, 6000), 6016, true},
		{"at its threshold", with(bearing(1, 6000), func(s *Server) { s.Upper, s.Lower = 6001, 6001 }), 6016, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, _ := decided(Default(), State{}, tt.server, 0)
			if d.Upper != tt.upper || d.Lower != tt.upper || d.Watched != tt.watched || d.Reason == "" {
				t.Errorf("got %+v, want %d, watched %v", d, tt.upper, tt.watched)
			}
		})
	}
}

func TestBounds(t *testing.T) {
	if d, _ := decided(Settings{Min: 20_000, Max: 30_000}, State{}, bearing(1, 0), 0); d.Upper != 20_000 || d.Lower != 20_000 {
		t.Errorf("got %+v", d)
	}
	if d, _ := decided(Settings{Min: 1, Max: 5000}, State{}, bearing(1, 0), 0); d.Upper != 0 || d.Lower != 0 {
		t.Errorf("a server that needs more is throttled: %+v", d)
	}
}

func TestCountsThatJumpAreNoGrowth(t *testing.T) {
	c, known := Default(), State{}
	s := bearing(30, 10_000)
	for i := range 20 {
		s.Inactive += 50
		_, known = decided(c, known, s, time.Duration(i)*time.Second)
	}
	if known.Growth < 40 || known.Growth > 50 {
		t.Fatalf("growth is %.1f a second, want nearly 50", known.Growth)
	}
	for name, inactive := range map[string]uint32{"flushed": 0, "taken over": 60_000} {
		s.Inactive = inactive
		d, next := decided(c, known, s, 20*time.Second)
		if next.Growth != 0 || d.Upper < inactive+11 || d.Upper > inactive+20 {
			t.Errorf("%s: %+v, growth %.1f", name, d, next.Growth)
		}
	}
}

func TestPressureEnds(t *testing.T) {
	c := Default()
	d, known := decided(c, State{}, bearing(30, 5000), 0)
	for at := time.Second; at < 30*time.Second; at += time.Second {
		s := bearing(2, 5000)
		s.Upper, s.Lower = d.Upper, d.Lower
		d, known = decided(c, known, s, at)
		if at < 10*time.Second && !d.Watched {
			t.Fatalf("watched no more after %v", at)
		}
	}
	if d.Watched || d.Upper != 13_211 {
		t.Errorf("in the end %+v", d)
	}
}

func TestTimeThatJumps(t *testing.T) {
	_, known := decided(Default(), State{}, bearing(30, 5000), time.Hour)
	for name, at := range map[string]time.Duration{"back": 0, "ahead": 30 * time.Hour} {
		if _, next := decided(Default(), known, bearing(2, 9000), at); next.Growth != 0 || next.Pressed() {
			t.Errorf("%s: %+v", name, next)
		}
	}
}

func TestHeld(t *testing.T) {
	tests := []struct {
		name                       string
		active, perSecond, seconds float64
		want                       bool
	}{
		{"kept alive", 600, 100, 0.04, true},
		{"never active", 0, 100, 0.04, true},
		{"as they should be", 5, 100, 0.04, false},
		{"too few to tell", 2, 1, 0.01, false},
		{"idle", 0, 0, 0, false},
	}
	for _, tt := range tests {
		if got := Held(tt.active, tt.perSecond, tt.seconds); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

// TestWhateverTheCounts has any counts come in any order.
func TestWhateverTheCounts(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	wild := func() float64 {
		return []float64{0, -1, 1e-9, 1, 100 * random.Float64(), 1e12, math.Inf(1), math.NaN()}[random.IntN(8)]
	}
	count := func() uint32 { return uint32(random.Uint64() >> (32 + random.IntN(32))) }
	c, known, at := Settings{Concurrency, 10, 50_000}, State{}, time.Duration(0)
	for range 200_000 {
		s := Server{count(), count(), count(), count(), wild(), wild(), wild(), 120 * random.Float64(), random.IntN(9) == 0}
		var d Decision
		at += time.Duration(random.IntN(3e9) - 1e8)
		d, known = decided(c, known, s, at)
		if d.Lower != d.Upper || d.Upper != 0 && (d.Upper < c.Min || d.Upper > c.Max) || !known.Sound() {
			t.Fatalf("%+v gives %+v, %+v", s, d, known)
		}
	}
}

func TestStateSurvivesJSON(t *testing.T) {
	_, want := decided(Default(), State{}, bearing(30, 5000), 0)
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got State
	if err := json.Unmarshal(text, &got); err != nil || got != want || len(text) > 200 {
		t.Errorf("%v: got %+v, want %+v of %s", err, got, want, text)
	}
}
