package sim

import (
	"math"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// metered is a meter beside two servers that answer, each second, 10 and 20
// requests, in as many milliseconds as seconds have passed.
type metered struct {
	meter   *meter
	servers []realServer
	second  int
}

func newMetered(m Meter) *metered {
	c := scenario("rr", 1, 1, 1)
	x := &metered{meter: newMeter(m, 1, 2)}
	for _, s := range c.Servers {
		x.servers = append(x.servers, newRealServer(s, 1))
	}
	x.meter.read(x.servers)
	return x
}

// pass lets some seconds pass, each with a reading at its end.
func (x *metered) pass(seconds int) *metered {
	for range seconds {
		x.second++
		for i := range x.servers {
			for range 10 * (i + 1) {
				x.meter.answered(i, time.Duration(x.second)*time.Millisecond)
				x.meter.served(i, time.Duration(x.second)*time.Millisecond)
			}
		}
		x.meter.read(x.servers)
	}
	return x
}

// seen returns what is told a little later: of each server the end of the
// window in seconds, the rate and the latency in milliseconds.
func (x *metered) seen() [][3]float64 {
	var seen [][3]float64
	now := time.Duration(x.second)*time.Second + 300*time.Millisecond
	for _, o := range x.meter.observations(now, ipvs.ServiceID{}, x.servers) {
		row := [3]float64{o.Time.Sub(epoch(0)).Seconds(), *o.RequestsPerSecond, -1}
		if o.LatencySeconds != nil {
			row[2] = *o.LatencySeconds * 1000
		}
		seen = append(seen, row)
	}
	return seen
}

func TestMeter(t *testing.T) {
	tests := []struct {
		name string
		seen [][3]float64
		want [][3]float64
	}{
		{"no whole window yet", newMetered(Meter{Every: second, Window: 4 * second, Lag: 2 * second}).pass(5).seen(), nil},
		{"the first window", newMetered(Meter{Every: second, Window: 4 * second, Lag: 2 * second}).pass(6).seen(),
			[][3]float64{{4, 10, 2.5}, {4, 20, 2.5}}},
		{"without lag", newMetered(Meter{Every: second, Window: 2 * second}).pass(100).seen(),
			[][3]float64{{100, 10, 99.5}, {100, 20, 99.5}}},
		{"always missing", newMetered(Meter{Every: second, Window: second, Missing: 1}).pass(5).seen(), nil},
		{"always wrong", newMetered(Meter{Every: second, Window: second, Outliers: 1, OutlierFactor: 100}).pass(5).seen(),
			[][3]float64{{5, 10, 500}, {5, 20, 500}}},
		{"a server is gone", func() [][3]float64 {
			x := newMetered(Meter{Every: second, Window: second})
			x.servers[0].listed = false
			return x.pass(5).seen()
		}(), [][3]float64{{5, 20, 5}}},
		{"a server hangs, and so does its own meter", func() [][3]float64 {
			x := newMetered(Meter{Every: second, Window: second, AtServers: true}).pass(3)
			x.servers[1].hangs = true
			return x.pass(2).seen()
		}(), [][3]float64{{5, 10, 5}}},
		{"idle", func() [][3]float64 {
			x := newMetered(Meter{Every: second, Window: second}).pass(3)
			x.meter.read(x.servers)
			x.second++
			return x.seen()
		}(), [][3]float64{{4, 0, -1}, {4, 0, -1}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if len(test.seen) != len(test.want) {
				t.Fatalf("saw %v, want %v", test.seen, test.want)
			}
			for i, want := range test.want {
				for j := range want {
					if math.Abs(test.seen[i][j]-want[j]) > 1e-9 {
						t.Fatalf("saw %v, want %v", test.seen, test.want)
					}
				}
			}
		})
	}
}

// TestMeterSees compares the two places where requests can be counted.
func TestMeterSees(t *testing.T) {
	for _, atServers := range []bool{false, true} {
		m := newMeter(Meter{Every: second, Window: second, AtServers: atServers, Successes: true}, 1, 1)
		servers := newMetered(Meter{Every: second, Window: second}).servers[:1]
		m.read(servers)
		m.answered(0, second)
		m.failed(0, 4*second)
		m.served(0, 2*second)
		m.served(0, 2*second)
		m.refused(0, 2*second)
		m.read(servers)
		o := m.observations(second, ipvs.ServiceID{}, servers)[0]
		got := [4]float64{*o.RequestsPerSecond, *o.LatencySeconds, *o.SuccessLatencySeconds, *o.ErrorRatio}
		want := [4]float64{2, 2.5, 1, 0.5}
		if atServers {
			want = [4]float64{3, 2, 2, 1.0 / 3}
		}
		if got != want {
			t.Errorf("at servers %v: saw %v, want %v", atServers, got, want)
		}
	}
}

// TestPassiveMeterSees has answers count alike, and a server that hangs be idle.
func TestPassiveMeterSees(t *testing.T) {
	m := newMeter(Meter{Every: second, Window: second, Passive: true, Successes: true}, 1, 1)
	servers := newMetered(Meter{Every: second, Window: second}).servers[:1]
	m.read(servers)
	m.answered(0, 9*second)
	m.served(0, 3*second)
	m.refused(0, second)
	m.read(servers)
	o := m.observations(second, ipvs.ServiceID{}, servers)[0]
	if *o.RequestsPerSecond != 2 || *o.LatencySeconds != 2 || o.ErrorRatio != nil || o.SuccessLatencySeconds != nil {
		t.Errorf("saw %v/s in %v, errors %v, successes %v", *o.RequestsPerSecond, *o.LatencySeconds, o.ErrorRatio, o.SuccessLatencySeconds)
	}
	servers[0].hangs = true
	m.refused(0, second)
	m.read(servers)
	if o := m.observations(2*second, ipvs.ServiceID{}, servers); len(o) != 1 || *o[0].RequestsPerSecond != 1 {
		t.Errorf("saw %v", o)
	}
	if got := m.failing(2*second, ipvs.ServiceID{}, servers); got != nil {
		t.Errorf("failing: %v", got)
	}
}

// TestMeterSamples counts a tenth of the requests.
func TestMeterSamples(t *testing.T) {
	x := newMetered(Meter{Every: second, Window: 500 * second, Sampled: 0.1}).pass(500)
	for i, row := range x.seen() {
		rate := 10 * float64(i+1)
		if off := math.Abs(row[1] - rate); off > 5*math.Sqrt(rate*500*0.9/0.1)/500 || off == 0 {
			t.Errorf("server %d: rate is %v, want about %v", i, row[1], rate)
		}
	}
}

// TestTunesByMeter has the tuner see a meter alone that is late and blunt.
func TestTunesByMeter(t *testing.T) {
	c := scenario("wrr", 250, 1, 1, 2, 1)
	c.Duration = 400 * second
	c.Meter = &Meter{Every: 5 * second, Window: 10 * second, Lag: 2 * second, Missing: 0.05}
	with := outcome(t, c, tuner.Optimize)
	if equal := outcome(t, c, Equal); with.Writes == 0 || with.Latency.MeanSeconds > 0.85*equal.Latency.MeanSeconds {
		t.Errorf("%d writes, mean latency %v s, of equal weights %v s", with.Writes, with.Latency.MeanSeconds, equal.Latency.MeanSeconds)
	}
}
