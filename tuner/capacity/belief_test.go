package capacity

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// queue is a server of some workers to which requests come by chance.
type queue struct {
	random *rand.Rand
	free   []float64 // when each worker is
	now    float64
}

func newQueue(seed uint64, workers int) *queue {
	return &queue{random: rand.New(rand.NewPCG(seed, 7)), free: make([]float64, workers)}
}

// window has the requests of some seconds come, and returns what a meter says
// of them.
func (q *queue) window(capacity, rate, seconds float64) Reading {
	n, total := 0.0, 0.0
	for now, end := q.now, q.now+seconds; ; n++ {
		now += q.random.ExpFloat64() / rate
		if now > end {
			q.now = end
			break
		}
		first := slices.Index(q.free, slices.Min(q.free))
		q.free[first] = max(now, q.free[first]) + q.random.ExpFloat64()*float64(len(q.free))/capacity
		total += q.free[first] - now
	}
	return Reading{PerSecond: n / seconds, Present: total / seconds, Done: n, Flow: Chance()}
}

// smooth is what a server tells that chance has no part in.
func (c *Curves) smooth(worker int, capacity, busy float64) Reading {
	return Reading{PerSecond: capacity * busy, Present: c.of[worker].present(busy, Chance()), Done: 1000, Flow: Chance()}
}

// saturated is what a server tells that has far more than it can do.
func saturated(capacity float64) Reading {
	return Reading{PerSecond: capacity, Present: 5000, Done: 1000, Flow: Chance()}
}

func (c *Curves) takeAll(b Belief, readings ...Reading) Belief {
	for _, r := range readings {
		b, _ = c.Take(b, r)
	}
	return b
}

func TestAge(t *testing.T) {
	known := believed(100, 2)
	tests := []struct {
		name    string
		before  Belief
		periods float64
		want    float64 // variance
	}{
		{"nothing known", Belief{}, 5, 0},
		{"a year", known, 3e6, unknown},
		{"ever", known, math.MaxFloat64, unknown},
		{"no time", known, 0, 1e-8},
		{"a hundred periods", known, 100, 1e-8 + 0.01},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := test.before.Age(test.periods)
			if math.Abs(float64(got.Variance)-test.want) > 1e-9 || got.Means != test.before.Means || got.Known() != test.before.Known() {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestFirstReadingSurprisesNobody(t *testing.T) {
	curves := NewCurves()
	b, surprise := curves.Take(Belief{}, curves.smooth(2, 1000, 0.8))
	if surprise != -1 || !b.Known() || b.Chances != prior() {
		t.Errorf("surprise %v, got %+v", surprise, b)
	}
	for i := range b.Means { // whatever the number of workers, it explains the reading
		busy := 800 / math.Exp(float64(b.Means[i]))
		if got, want := curves.of[i].present(busy, Chance()), curves.of[2].present(0.8, Chance()); math.Abs(got/want-1) > 1e-3 {
			t.Errorf("%d workers: %v present, want %v", workers()[i], got, want)
		}
	}
}

// TestSaturatedReadings has the deviation fall to one over the root of all
// requests that were done, whatever the number of workers.
func TestSaturatedReadings(t *testing.T) {
	curves := NewCurves()
	var b Belief
	for n := 1; n <= 20; n++ {
		b = curves.takeAll(b, saturated(700))
		got, deviation := b.Capacity()
		if want := 1 / math.Sqrt(1000*float64(n)); math.Abs(deviation/want-1) > 0.05 || math.Abs(got/700-1) > 0.001 {
			t.Fatalf("after %d readings: %v ± %v, want 700 ± %v", n, got, deviation, want)
		}
	}
}

// TestUnsaturatedReadings has it fall to about twice that at middling load,
// given the number of workers.
func TestUnsaturatedReadings(t *testing.T) {
	curves := NewCurves()
	for _, busy := range []float64{0.5, 0.7, 0.85} {
		var b Belief
		for n := 1; n <= 20; n++ {
			b = curves.takeAll(b, curves.smooth(1, 700, busy))
			got, most := math.Sqrt(float64(b.Variance)), 2.6/math.Sqrt(1000*float64(n))
			if got > most || got < most/2.6 {
				t.Errorf("at %v after %d readings: deviation %v, want about %v", busy, n, got, most)
			}
			if mean := math.Exp(float64(b.Means[1])); math.Abs(mean/700-1) > 0.01 {
				t.Errorf("at %v after %d readings: %v, want 700", busy, n, mean)
			}
		}
	}
}

// TestQueuesAreLearnt has queues tell of their capacity and of their number of
// workers, at loads that vary.
func TestQueuesAreLearnt(t *testing.T) {
	curves := NewCurves()
	for _, worker := range []int{0, 1, 2, 4} {
		t.Run(fmt.Sprint(workers()[worker]), func(t *testing.T) {
			for seed := range uint64(10) {
				q, b := newQueue(seed, workers()[worker]), Belief{}
				for n := range 30 {
					busy := []float64{0.3, 0.5, 0.7, 0.85, 0.95}[n%5]
					b = curves.takeAll(b.Age(1), q.window(100, 100*busy, 20/busy))
				}
				if p := b.Chances[worker]; p < 0.8 {
					t.Errorf("seed %d: not told from others: %v", seed, b.Chances)
				}
				if got, _ := b.Capacity(); math.Abs(got/100-1) > 0.12 {
					t.Errorf("seed %d: capacity %v, want 100", seed, got)
				}
			}
		})
	}
}

// TestChangeIsFollowed has a server that is well known change.
func TestChangeIsFollowed(t *testing.T) {
	curves := NewCurves()
	tests := []struct {
		name          string
		before, after Reading
		readings      int
		want          float64
	}{
		{"loses most and is saturated", curves.smooth(2, 1000, 0.8), saturated(300), 2, 300},
		{"loses half and is busier", curves.smooth(2, 1000, 0.45), curves.smooth(2, 500, 0.9), 3, 500},
		{"twice as fast", curves.smooth(2, 1000, 0.9), curves.smooth(2, 2000, 0.45), 3, 2000},
		{"recovers from saturation", saturated(300), curves.smooth(2, 1000, 0.8), 3, 1000},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := curves.takeAll(Belief{}, test.before, test.before, test.before, test.before)
			b.Chances = [Shapes]float32{0, 0, 1, 0, 0, 0}
			for range test.readings {
				b = curves.takeAll(b.Age(1), test.after)
			}
			if got := math.Exp(float64(b.Means[2])); math.Abs(got/test.want-1) > 0.05 {
				t.Errorf("capacity %v after %d readings, want %v", got, test.readings, test.want)
			}
		})
	}
}

// TestOutlierIsForgotten has one reading make no sense: with the next one
// everything is as it was.
func TestOutlierIsForgotten(t *testing.T) {
	curves := NewCurves()
	usual := curves.smooth(2, 1000, 0.8)
	for _, factor := range []float64{0.1, 0.25, 4, 10} {
		odd := usual
		odd.PerSecond *= factor
		b := curves.takeAll(Belief{}, usual, usual, usual, usual)
		b.Chances = [Shapes]float32{0, 0, 1, 0, 0, 0}
		surprised, surprise := curves.Take(b, odd)
		if got := math.Sqrt(float64(surprised.Variance)); surprise < 30 || got < 0.4*math.Abs(math.Log(factor)) {
			t.Errorf("%v times the rate: surprise %v, deviation %v", factor, surprise, got)
		}
		after := curves.takeAll(surprised, usual)
		if got := math.Exp(float64(after.Means[2])); math.Abs(got/1000-1) > 0.02 {
			t.Errorf("%v times the rate: capacity %v afterwards, want 1000", factor, got)
		}
	}
}

// TestSurelyIsBelieved has the same reading count for more where it cannot be
// nonsense.
func TestSurelyIsBelieved(t *testing.T) {
	curves := NewCurves()
	b := curves.takeAll(Belief{}, saturated(1000), saturated(1000))
	doubted, sure := saturated(250), saturated(250)
	sure.Surely = true
	a := curves.takeAll(b, doubted)
	z := curves.takeAll(b, sure)
	half, _ := a.Capacity()
	all, deviation := z.Capacity()
	if math.Abs(all/250-1) > 0.01 || deviation > 0.05 || half < 400 {
		t.Errorf("%v doubted, %v ± %v sure", half, all, deviation)
	}
}

// TestTakeAnything has readings that cannot be worse: what is believed stays
// something that can be reckoned with.
func TestTakeAnything(t *testing.T) {
	random, curves := rand.New(rand.NewPCG(9, 10)), NewCurves()
	wild := func(low, high float64) float64 {
		return math.Exp(math.Log(low) + random.Float64()*(math.Log(high)-math.Log(low)))
	}
	for range 300 {
		var b Belief
		for range 20 {
			r := Reading{PerSecond: wild(1e-8, 1e12), Present: wild(1e-18, 1e14), Done: wild(0.01, 1e14), Flow: InRuns(wild(1e-6, 1), wild(1e-12, 0.25), wild(1e-12, 1e12))}
			if random.IntN(3) == 0 {
				r.Blur = wild(1e-6, 100)
			}
			r.Surely = random.IntN(2) == 0
			b, _ = curves.Take(b.Age(wild(1, 1e8)), r)
			checkBelief(t, curves, b)
		}
	}
}

func checkBelief(t *testing.T, curves *Curves, b Belief) {
	t.Helper()
	sum := 0.0
	for i, p := range b.Chances {
		sum += float64(p)
		if m := float64(b.Means[i]); !(p > forgotten/2 && p <= 1) || !(math.Abs(m) < 100) {
			t.Fatalf("got %+v", b)
		}
	}
	capacity, deviation := b.Capacity()
	if !b.Known() || !b.Sound() || math.Abs(sum-1) > 1e-5 || !(capacity > 0 && capacity < math.Inf(1)) || !(deviation > 0 && deviation < 100) {
		t.Fatalf("got %+v", b)
	}
	s := curves.NewServer(b)
	if n := s.Present(Chance(), capacity); !(n > 0 && n < math.Inf(1)) {
		t.Fatalf("%v present under %+v", n, b)
	}
}

func TestUnsoundBeliefs(t *testing.T) {
	sound := believed(100, 2)
	tests := []struct {
		name string
		want bool
		with func(*Belief)
	}{
		{"no chance", false, func(b *Belief) { b.Chances[2] = 0 }},
		{"too many chances", false, func(b *Belief) { b.Chances[1] = 0.5 }},
		{"a chance below 0", false, func(b *Belief) { b.Chances[0], b.Chances[1] = -1, 1 }},
		{"beyond all", false, func(b *Belief) { b.Means[5] = 1e6 }},
		{"below all", false, func(b *Belief) { b.Means[5] = -1e6 }},
		{"a variance below 0", false, func(b *Belief) { b.Variance = -1 }},
		{"surer than can be", false, func(b *Belief) { b.Variance = 1e-30 }},
		{"less sure than can be", false, func(b *Belief) { b.Variance = 5 }},
		{"knows nothing", true, func(b *Belief) { *b = Belief{} }},
		{"knows", true, func(*Belief) {}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := sound
			test.with(&b)
			if got := b.Sound(); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestCapacity(t *testing.T) {
	tests := []struct {
		name                string
		belief              Belief
		capacity, deviation float64
	}{
		{"sure of the workers", Belief{Means: [Shapes]float32{0, 2}, Chances: [Shapes]float32{0, 1}, Variance: 0.25}, math.Exp(2), 0.5},
		{"torn between two", Belief{Means: [Shapes]float32{1, 3}, Chances: [Shapes]float32{0.5, 0.5}, Variance: 3}, math.Exp(2), 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			capacity, deviation := test.belief.Capacity()
			if math.Abs(capacity-test.capacity) > 1e-6 || math.Abs(deviation-test.deviation) > 1e-6 {
				t.Errorf("got %v ± %v, want %v ± %v", capacity, deviation, test.capacity, test.deviation)
			}
		})
	}
}

// TestBriefly has readings looked at briefly: those that surprise are as if
// they were not, and others nearly.
func TestBriefly(t *testing.T) {
	curves := NewCurves()
	tests := []struct {
		name   string
		factor float64 // of the rate
		within float64 // deviation of ln capacity
	}{
		{"a surprise", 0.5, 0},
		{"noise", 1.01, 0.002},
		{"as expected", 1, 0.002},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			usual := curves.smooth(2, 1000, 0.8)
			b := curves.takeAll(Belief{}, usual, curves.smooth(2, 1000, 0.4), usual, curves.smooth(2, 1000, 0.6), usual, usual)
			b.Chances = [Shapes]float32{0.001, 0.01, 0.977, 0.01, 0.001, 0.001}
			usual.PerSecond *= test.factor
			full := curves.takeAll(b, usual)
			usual.Brief = true
			brief := curves.takeAll(b, usual)
			for i := range full.Means {
				if off := math.Abs(float64(full.Means[i] - brief.Means[i])); i == 2 && off > test.within || off > 0.05 {
					t.Errorf("of number %d: %v, in full %v", i, brief.Means[i], full.Means[i])
				}
			}
			if !brief.Sound() || math.Abs(float64(full.Chances[2]-brief.Chances[2])) > 0.03 {
				t.Errorf("chances %v, in full %v", brief.Chances, full.Chances)
			}
			if test.within == 0 && brief != full {
				t.Errorf("got %v, want %v", brief, full)
			}
		})
	}
}

// TestKeptTellsOfNoWorkers has a threshold keep thirty requests at a server of
// four workers, which 32 would be taken for if they were there of themselves.
func TestKeptTellsOfNoWorkers(t *testing.T) {
	c := NewCurves()
	b := c.takeAll(Belief{}, c.smooth(2, 100, 0.3), c.smooth(2, 100, 0.9))
	r := Reading{PerSecond: 100, Present: 30, Done: 1000, Blur: 0.01, Flow: Chance(), Surely: true}
	free, kept := b, b
	for range 20 {
		free, _ = c.Take(free, r)
	}
	r.Kept = true
	for range 20 {
		kept, _ = c.Take(kept, r)
	}
	if free.Workers() < 2*b.Workers() || math.Abs(kept.Workers()-b.Workers()) > 1e-4 {
		t.Errorf("%.1f workers become %.1f, and %.1f where they are kept, want many and no others", b.Workers(), free.Workers(), kept.Workers())
	}
	if perSecond, _ := kept.Capacity(); math.Abs(perSecond-100) > 30 {
		t.Errorf("capacity %.0f a second, want about 100", perSecond)
	}
}

// TestGlancesTellOfQueues has ten requests where 32 workers would have one: two
// glances at a queue say little, but at idle workers much.
func TestGlancesTellOfQueues(t *testing.T) {
	c := NewCurves()
	b := c.takeAll(Belief{}, c.smooth(0, 4, 0.3), c.smooth(0, 4, 0.4), c.smooth(0, 4, 0.5))
	r := Reading{PerSecond: 4, Present: 10, Done: 40, Blur: 2, Flow: Chance(), Surely: true}
	vague, _ := c.Take(b, r)
	r.Calm = 0.1
	told, _ := c.Take(b, r)
	if one := Shapes - 1; told.Chances[one] > vague.Chances[one]/2 {
		t.Errorf("the chance of 32 workers is %.3f, then %.3f, and without calm %.3f", b.Chances[one], told.Chances[one], vague.Chances[one])
	}
}

// TestRateIsNoErrorOfSpeed has a server at which nobody waits: of the rate times
// the latency over the rate, only the latency errs.
func TestRateIsNoErrorOfSpeed(t *testing.T) {
	r := Reading{Done: 100}
	if got := r.variance(1, 0.01); math.Abs(got-0.01) > 1e-12 {
		t.Errorf("variance %v where nobody waits, want that of the latency, 0.01", got)
	}
	if got := r.variance(0.1, 0.01); math.Abs(got-0.0082) > 1e-12 {
		t.Errorf("variance %v where many wait, want 0.0082", got)
	}
	r.Blur = 0.01
	if got := r.variance(1, 0.01); math.Abs(got-0.02) > 1e-12 {
		t.Errorf("variance %v by two meters, want the sum of both, 0.02", got)
	}
}
