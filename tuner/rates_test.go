package tuner

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"
)

// prepared has a fleet know what is to be shared out.
func prepared(t *testing.T, f fleet) *fleet {
	t.Helper()
	if !f.prepare() {
		t.Fatal("nothing is to be shared out")
	}
	return &f
}

func TestNothingToShareOut(t *testing.T) {
	failing := bearing(100, 0.1)
	failing.failing = true
	tests := []struct {
		name  string
		fleet fleet
	}{
		{"nothing known", fleetOf("wrr", 100, bearing(0, 0), bearing(0, 0))},
		{"all fail", fleetOf("wrr", 100, failing, failing)},
		{"no demand", fleetOf("wrr", 0, bearing(100, 0.1), bearing(100, 0.1))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.fleet.prepare() {
				t.Errorf("%v requests per second are", test.fleet.total)
			}
		})
	}
}

func TestRates(t *testing.T) {
	const sure = 0.001
	failing, joined := bearing(100, sure), bearing(0, 0)
	failing.failing, joined.joined = true, true
	tests := []struct {
		name   string
		fleet  fleet
		want   []float64
		within float64
	}{
		{"one fails", fleetOf("wrr", 100, failing, bearing(100, sure), bearing(100, sure)), []float64{0.01, 50, 50}, 0.1},
		{"one is not known and keeps its share", fleetOf("wrr", 90, bearing(0, 0), bearing(100, sure), bearing(100, sure)), []float64{30, 30, 30}, 0.1},
		{"one has joined", fleetOf("wrr", 90, joined, bearing(100, sure), bearing(100, sure)), []float64{3, 43.5, 43.5}, 0.1},
		{"equal ones", fleetOf("wrr", 100, bearing(100, sure), bearing(100, sure)), []float64{50, 50}, 0.1},
		{"more than all bear, and up to what is sure", fleetOf("wrr", 1000, bearing(100, sure), bearing(300, sure)), []float64{118, 270}, 1},
		{"up at once to what is sure", fleetOf("wrr", 120, bearing(100, sure), bearing(100, sure), bearing(1000, sure)), []float64{28, 28, 64}, 1},
		{"down at once from too much, to what can be measured", fleetOf("wrr", 90, bearing(20, sure), bearing(100, sure), bearing(100, sure)), []float64{0.75, 44.6, 44.6}, 0.1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := prepared(t, test.fleet).rates()
			for i, want := range test.want {
				if math.Abs(got[i]-want) > test.within {
					t.Fatalf("got %.2f, want %.2f", got, test.want)
				}
			}
		})
	}
}

func TestLoad(t *testing.T) {
	torn := bearing(1000, 0.001) // between a thousand and a hundred
	torn.belief.Means[0], torn.belief.Chances = float32(math.Log(100)), [capacity.Shapes]float32{0.3, 0, 0.7}
	const least = -1 // what it can be measured by
	tests := []struct {
		name      string
		server    server
		rate      float64
		low, high float64
	}{
		{"far too much for it", bearing(100, 0.001), 200, least, 260},
		{"just as much as it bears", bearing(100, 0.001), 91, least, 118.3},
		{"hardly any", bearing(100, 0.001), 1, least, 90},
		{"sure to bear more", bearing(1000, 0.001), 100, 70, 900},
		{"not sure", bearing(1000, 2), 300, 210, 390},
		{"torn", torn, 100, 70, 130},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := prepared(t, fleetOf("wrr", 1000, test.server, bearing(1000, 0.1)))
			got, low := f.load(&f.servers[0], test.rate), test.low
			if low == least {
				low = f.least(&f.servers[0])
			}
			if math.Abs(got.Low-low) > 0.1 || math.Abs(got.High-test.high) > 1 {
				t.Errorf("from %v to %v, want from %v to %v", got.Low, got.High, low, test.high)
			}
		})
	}
}

func TestLeast(t *testing.T) {
	tests := []struct {
		name   string
		demand float64
		server server
		want   float64
	}{
		{"a tenth of an equal share", 30, bearing(1000, 0.01), 1.5},
		{"thirty in ten seconds", 1000, bearing(1000, 0.01), 3},
		{"a slow one, as much as it may cost", 100, bearing(1, 0.01), 0.03 * 100 * (8.0 / 1001) / 4},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := prepared(t, fleetOf("wrr", test.demand, test.server, bearing(1000, 0.01)))
			if test.server.belief == f.servers[1].belief {
				f.usual = 1 // leaves the cost out
			}
			if got := f.least(&f.servers[0]); math.Abs(got/test.want-1) > 0.01 {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestBacklog(t *testing.T) {
	f := prepared(t, fleetOf("wrr", 100, bearing(100, 0.01), bearing(100, 0.01)))
	s := &f.servers[0]
	s.counted = counted{known: true, seconds: 10, perSecond: 50}
	s.ActiveConnections = 10
	tests := []struct {
		name   string
		active uint32
		idle   float64
		want   float64
	}{
		{"nothing", 0, 0, 0},
		{"as usual", 10, 0, 0},
		{"open without a request", 60, 1, 0},
		{"four hundred more", 410, 0, 20},
		{"no more than it bears", math.MaxUint32, 0, 90},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s.ActiveConnections, f.demand.Idle = test.active, test.idle
			if got := f.backlog(s); math.Abs(got-test.want) > 0.1 {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
	f.demand.Requests = 5 // to a connection
	s.ActiveConnections = 410
	if got := f.backlog(s); got != 0 {
		t.Errorf("connections that are kept alive are a backlog of %v", got)
	}
}

func TestWiden(t *testing.T) {
	tests := []struct {
		name  string
		loads []*capacity.Server
		total float64
		want  []capacity.Server // bounds
	}{
		{"nobody", nil, 10, nil},
		{"too low", []*capacity.Server{{Low: 1, High: 10}, {Low: 1, High: 30}}, 80, []capacity.Server{{Low: 1, High: 20.02}, {Low: 1, High: 60.06}}},
		{"too high", []*capacity.Server{{Low: 10, High: 20}, {Low: 30, High: 60}}, 20.02, []capacity.Server{{Low: 5, High: 20}, {Low: 15, High: 60}}},
		{"room enough", []*capacity.Server{{Low: 1, High: 10}, {Low: 1, High: 30}}, 20, []capacity.Server{{Low: 1, High: 10}, {Low: 1, High: 30}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			widen(test.loads, test.total)
			for i, got := range test.loads {
				sameNumbers(t, []float64{got.Low, got.High}, []float64{test.want[i].Low, test.want[i].High})
			}
		})
	}
}

// anyServer may be known or not, have joined, fail, and have a backlog.
func anyServer(random *rand.Rand) server {
	s := bearing(100*math.Exp(1.5*random.NormFloat64()), math.Exp(random.NormFloat64()-3))
	for i := range s.belief.Chances {
		s.belief.Means[i] += float32(0.3 * random.NormFloat64())
		s.belief.Chances[i] = float32(0.001 + random.ExpFloat64()/10)
	}
	total := float32(0)
	for _, p := range s.belief.Chances {
		total += p
	}
	for i := range s.belief.Chances {
		s.belief.Chances[i] /= total
	}
	s.RealServer = &ipvs.RealServer{}
	s.ActiveConnections = uint32(math.Exp(3 + 2*random.NormFloat64()))
	s.InactiveConnections = uint32(math.Exp(5 + 2*random.NormFloat64()))
	switch random.IntN(12) {
	case 0:
		s.belief = capacity.Belief{}
	case 1:
		s.belief, s.joined = capacity.Belief{}, true
	case 2:
		s.failing = true
	}
	return s
}

// anyFleet is of a scheduler and servers of random beliefs and weights; false
// where nothing is known.
func anyFleet(random *rand.Rand, scheduler string) (*fleet, bool) {
	var servers []server
	for range 2 + random.IntN(12) {
		servers = append(servers, anyServer(random))
	}
	f := fleetOf(scheduler, 50*float64(len(servers))*math.Exp(random.NormFloat64()), servers...)
	f.limits = Weights{Min: 1 + uint32(random.IntN(3)), Max: 10 + uint32(random.IntN(1000)), MaxChangeRatio: 0.05 + 0.9*random.Float64()}
	f.demand.Idle = random.Float64()
	for i := range f.servers {
		f.servers[i].Weight = 1 + uint32(random.IntN(100))
	}
	for i, share := range SharesOf(weightsOf(f.servers)) {
		f.servers[i].share, f.servers[i].perSecond = share, share*f.demand.PerSecond*math.Exp(0.1*random.NormFloat64())
	}
	ok := f.prepare()
	return &f, ok
}

// TestRatesOfAnyFleet checks their sum and bounds.
func TestRatesOfAnyFleet(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	for n := range 1000 {
		f, ok := anyFleet(random, []string{"wrr", "wlc", "sed", "mh"}[n%4])
		if !ok {
			continue
		}
		rates, others := f.rates(), 0.0
		for i, rate := range rates {
			if !(rate > 0 && rate < math.Inf(1)) {
				t.Fatalf("fleet %d: got %v", n, rates)
			}
			if l := &f.loads[i]; !f.servers[i].bears() {
				others += rate
			} else if rate < l.Low || rate > l.High {
				t.Errorf("fleet %d: %v is not from %v to %v", n, rate, l.Low, l.High)
			}
		}
		if total := max(f.total, others+0.01*f.total); math.Abs(sum(rates)-total) > 1e-3*total {
			t.Errorf("fleet %d: sum %v, want %v", n, sum(rates), total)
		}
	}
}
