package sharing

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/director"
)

func TestNoStart(t *testing.T) {
	idle := []ipvs.RealServer{{Weight: 100}, {}}
	busy := []ipvs.RealServer{{Weight: 100, ActiveConnections: 10}, {}}
	traffic := Traffic{Rate: 100, Factor: 257, Active: all(2, 0.1), Inactive: all(2, 120)}
	tests := []struct {
		name, scheduler string
		servers         []ipvs.RealServer
		share           float64
	}{
		{"no servers", "wlc", nil, 0.1},
		{"no other", "wlc", busy[1:], 0.1},
		{"no share", "wlc", busy, 0},
		{"no number", "wlc", busy, math.NaN()},
		{"no connections", "wlc", idle, 0.1},
		{"no weights", "wrr", []ipvs.RealServer{{}, {}}, 0.1},
		{"shares not by weight", "lc", busy, 0.1},
	}
	for _, test := range tests {
		t.Run(test.scheduler+" "+test.name, func(t *testing.T) {
			if got := Start(test.scheduler, test.servers, 1, test.share, &traffic, 10); got != 0 {
				t.Errorf("got %v", got)
			}
		})
	}
}

// TestStart has a fourth server join three that have had their traffic for
// minutes, and start with a small share. Its weight is set anew every ten
// seconds.
func TestStart(t *testing.T) {
	const wanted, period = 0.05, 10
	tests := []struct {
		schedulers []string
		active     float64
	}{
		{[]string{"wrr", "wlc", "sed", "nq", "twos"}, 0.1},
		{[]string{"wrr", "wlc", "sed", "nq", "twos"}, 1},
	}
	for _, test := range tests {
		for _, scheduler := range test.schedulers {
			t.Run(scheduler, func(t *testing.T) {
				traffic := Traffic{Rate: 400, Factor: 257, Active: all(4, test.active), Inactive: all(4, 120)}
				j := newJoining(t, scheduler, traffic)
				j.run(200)
				for range 6 {
					j.set(0, uint32(math.Ceil(Start(scheduler, j.servers(), 0, wanted, &traffic, period))))
					got := j.run(period)
					if got < 0.4*wanted || got > 1.8*wanted {
						t.Errorf("after %.0f s: share %.3f, want %.3f", j.now, got, wanted)
					}
				}
			})
		}
	}
}

// joining is a service whose first server has no weight yet.
type joining struct {
	testing.TB
	scheduler string
	traffic   Traffic
	random    *rand.Rand
	service   *director.Service
	director  *director.Director
	open      closings
	now       float64
}

func newJoining(t *testing.T, scheduler string, traffic Traffic) *joining {
	random := rand.New(rand.NewPCG(1, 1))
	s, d := drive{
		service: ipvs.VirtualService{Scheduler: scheduler}, traffic: traffic,
		weights: []uint32{0, 1000, 1000, 2000},
	}.open(t, random)
	return &joining{TB: t, scheduler: scheduler, traffic: traffic, random: random, service: s, director: d}
}

func (j *joining) set(at int, weight uint32) {
	if _, err := j.service.EditServer(instant(j.now), serverOf(at), ipvs.Edit{Weight: &weight}); err != nil {
		j.Fatal(err)
	}
}

func (j *joining) servers() []ipvs.RealServer { return j.service.Servers(instant(j.now)) }

// run goes on for some seconds and returns the first server's share.
func (j *joining) run(seconds float64) float64 {
	counts := make([]int, 4)
	for until := j.now + seconds; j.now < until; {
		j.now += j.random.ExpFloat64() / j.traffic.Rate
		for len(j.open) > 0 && j.open[0].at <= j.now {
			c := heap.Pop(&j.open).(closing)
			j.director.FromClient(instant(c.at), c.conn, director.FIN)
		}
		c, verdict := j.service.Connect(instant(j.now), director.Flow{Client: clientOf(j.random.Uint32())})
		if verdict != director.Forwarded {
			j.Fatal("there is no server")
		}
		j.director.FromClient(instant(j.now), c, director.ACK)
		counts[3-c.Server]++
		heap.Push(&j.open, closing{j.now + j.random.ExpFloat64()*j.traffic.Active[0], c})
	}
	return float64(counts[0]) / float64(counts[0]+counts[1]+counts[2]+counts[3])
}

// Start comes to the weights of a steady state.
func TestStartEnds(t *testing.T) {
	traffic := Traffic{Rate: 4000, Factor: 257, Active: []float64{0.1, 0.2, 0.3}, Inactive: all(3, 120)}
	shares := []float64{0.5, 0.3, 0.2}
	for _, scheduler := range []string{"wrr", "wlc", "lblc", "sed", "nq"} {
		weights := Weights(scheduler, shares, &traffic)
		servers := make([]ipvs.RealServer, 3)
		for i := range servers {
			rate := shares[i] * traffic.Rate
			servers[i].Weight = uint32(math.Round(1e6 * weights[i]))
			servers[i].ActiveConnections = uint32(math.Round(rate * traffic.Active[i]))
			servers[i].InactiveConnections = uint32(math.Round(rate * traffic.Inactive[i]))
		}
		if got := Start(scheduler, servers, 0, shares[0], &traffic, 10) / 1e6; math.Abs(got-weights[0]) > 0.01 {
			t.Errorf("%s: got %.4f, want %.4f", scheduler, got, weights[0])
		}
	}
}
