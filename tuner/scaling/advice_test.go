package scaling

import (
	"encoding/json"
	"math"
	"testing"
	"time"
)

var start = time.Date(2026, time.January, 2, 3, 4, 5, 0, time.UTC)

// alike returns servers of one capacity, known but for a part of it.
func alike(n int, perSecond, relativeError float64) []Server {
	servers := make([]Server, n)
	for i := range servers {
		servers[i] = Server{perSecond, relativeError}
	}
	return servers
}

// advised takes in the same load again and again, ten seconds apart.
func advised(c Settings, s State, load Load, from, times int) (*Advice, State) {
	var a *Advice
	for i := range times {
		a, s = c.Advise(s, load, start.Add(time.Duration(from+i)*10*time.Second))
	}
	return a, s
}

func TestWhatCannotBeIsNotTakenIn(t *testing.T) {
	_, known := advised(Default(), State{}, Load{100, 1, alike(2, 100, 0.1)}, 0, 3)
	for name, load := range map[string]Load{
		"negative":       {-1, 0, nil},
		"not a number":   {math.NaN(), 0, nil},
		"infinite":       {math.Inf(1), 0, nil},
		"error negative": {1, -1, nil},
		"error NaN":      {1, math.NaN(), nil},
	} {
		if a, s := Default().Advise(known, load, start.Add(time.Hour)); a != nil || s != known {
			t.Errorf("%s: advised %+v", name, a)
		}
	}
}

func TestUnknownCapacityTellsNothing(t *testing.T) {
	for name, servers := range map[string][]Server{
		"no server":               nil,
		"unknown":                 alike(3, 0, 0),
		"too uncertain":           alike(3, 100, 0.5),
		"negative":                alike(3, -100, 0),
		"not a number":            alike(3, math.NaN(), 0),
		"infinite":                alike(3, math.Inf(1), 0),
		"error not a number":      alike(3, 100, math.NaN()),
		"fewer than half of them": append(alike(2, 0, 0), Server{100, 0.1}),
	} {
		a, s := advised(Default(), State{}, Load{100, 0, servers}, 0, 100)
		if a.Demand != 100 || a.Capacity != nil || a.Utilization != nil || a.Desired != nil || s.Desired != 0 {
			t.Errorf("%s: advised %+v", name, a)
		}
	}
}

func TestDesiredServers(t *testing.T) {
	tests := []struct {
		name    string
		demand  float64
		servers []Server
		want    uint32
	}{
		{"nothing asked", 0, alike(4, 100, 0), 1},
		{"as many as there are", 280, alike(4, 100, 0), 4},
		{"within the tolerance", 300, alike(4, 100, 0), 4},
		{"above it", 310, alike(4, 100, 0), 5},
		{"far above", 2800, alike(4, 100, 0), 40},
		{"fewer", 140, alike(4, 100, 0), 2},
		{"a tenth fewer of ten", 620, alike(10, 100, 0), 9},
		{"less than a tenth fewer", 1300, alike(20, 100, 0), 20},
		{"an uncertain capacity keeps one more", 140, alike(4, 100, 0.1), 3},
		{"unknown ones count as the mean", 560, append(alike(1, 100, 0), Server{300, 0}, Server{}, Server{}), 4},
		{"bounded", 1e9, alike(4, 100, 0), 50},
	}
	c := Default()
	c.Max = 50
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, s := advised(c, State{}, Load{test.demand, 0, test.servers}, 0, 40)
			if *a.Desired != test.want || s.Desired != test.want {
				t.Errorf("%d desired, want %d", *a.Desired, test.want)
			}
		})
	}
}

func TestUpAtOnceAndDownAfterTheWindow(t *testing.T) {
	c := Default()
	load := func(perSecond float64) Load { return Load{perSecond, 0.05 * perSecond, alike(4, 100, 0.02)} }
	_, s := advised(c, State{}, load(280), 0, 10)
	a, s := advised(c, s, load(560), 10, 1)
	if *a.Desired != 8 {
		t.Fatalf("%d desired at once, want 8", *a.Desired)
	}
	if a, s = advised(c, s, load(280), 11, 30); *a.Desired != 8 {
		t.Fatalf("%d desired within the window, want 8", *a.Desired)
	}
	if a, s = advised(c, s, load(420), 41, 1); *a.Desired != 7 {
		t.Fatalf("%d desired, want the most that was needed in the window, 7", *a.Desired)
	}
	if a, _ = advised(c, s, load(280), 42, 80); *a.Desired != 5 {
		t.Fatalf("%d desired in the end, want 5: the error on top of 4", *a.Desired)
	}
}

func TestOneNoisyReadingDoesNothing(t *testing.T) {
	_, s := advised(Default(), State{}, Load{280, 42, alike(4, 100, 0.02)}, 0, 30)
	a, s := advised(Default(), s, Load{280 + 3*42, 42, alike(4, 100, 0.02)}, 30, 1)
	if *a.Desired != 4 {
		t.Errorf("%d desired after one reading of three standard errors", *a.Desired)
	}
	if a, _ = advised(Default(), s, Load{280 + 3*42, 42, alike(4, 100, 0.02)}, 31, 20); *a.Desired != 5 {
		t.Errorf("%d desired after twenty", *a.Desired)
	}
}

func TestTimeThatJumps(t *testing.T) {
	low := Load{140, 0, alike(4, 100, 0)}
	_, s := advised(Default(), State{}, low, 0, 2)
	for name, at := range map[string]time.Time{"back": start.Add(-time.Hour), "ahead": start.Add(24 * time.Hour)} {
		a, next := Default().Advise(s, low, at)
		if *a.Desired != 4 || !next.Low.Since.Equal(at) {
			t.Errorf("%s: %d desired, low since %v", name, *a.Desired, next.Low.Since)
		}
	}
}

func TestStateSurvivesJSON(t *testing.T) {
	_, want := advised(Default(), State{}, Load{140, 7, alike(4, 100, 0.1)}, 0, 7)
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got State
	if err := json.Unmarshal(text, &got); err != nil || got != want {
		t.Errorf("%v: got %+v, want %+v of %s", err, got, want, text)
	}
	if !got.Sound() || len(text) > 250 {
		t.Errorf("sound is %v; %d bytes", got.Sound(), len(text))
	}
}
