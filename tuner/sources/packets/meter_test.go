package packets

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// kernel has what was measured, and what is wrong.
type kernel struct {
	readings []passive.Reading
	losses   []passive.Loss
	err      error
	names    map[uint32]string
	closed   int
}

// meter returns a meter of servers 2 and 3 of a service, in the program's own
// network namespace and in blue.
func (k *kernel) meter(t *testing.T) *Meter {
	t.Helper()
	k.names = map[uint32]string{1: "", 2: "blue"}
	m := New(Options{
		Read:  func() ([]passive.Reading, []passive.Loss, error) { return k.readings, k.losses, k.err },
		Netns: func() (map[uint32]string, error) { return k.names, nil },
		Close: func() error { k.closed++; return nil },
	}, began)
	var targets []tuner.Target
	for _, netns := range []string{"", "blue"} {
		for i := 2; i <= 3; i++ {
			targets = append(targets, tuner.Target{Netns: netns, Service: service80(t), Server: server(t, i)})
		}
	}
	m.Watch(targets)
	return m
}

func service80(t *testing.T) ipvs.ServiceID {
	t.Helper()
	id, err := ipvs.ParseServiceID("tcp/10.0.0.1:80")
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func server(t *testing.T, i int) ipvs.ServerID {
	t.Helper()
	id, err := ipvs.ParseServerID(fmt.Sprintf("10.0.0.%d:80", i))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// add has a server answer so many times, each in so long.
func (k *kernel) add(t *testing.T, netns uint32, i int, by passive.Measure, times int, each time.Duration) {
	t.Helper()
	r := passive.Reading{Netns: netns, Service: service80(t), Server: server(t, i), Measure: by}
	place := -1
	for i := range k.readings {
		if known := &k.readings[i]; known.Compare(&r) == 0 {
			place = i
		}
	}
	if place < 0 {
		k.readings = append(k.readings, r)
		place = len(k.readings) - 1
	}
	h := &k.readings[place].Histogram
	h.Sum += time.Duration(times) * each
	bucket := 0
	for each.Seconds() > passive.UpperBound(bucket) {
		bucket++
	}
	h.Buckets[bucket] += uint64(times)
}

// told returns observations in words.
func told(all []tuner.Observation) string {
	var b strings.Builder
	for _, o := range all {
		fmt.Fprintf(&b, "%s %.4g/s in %gs", tuner.Target{Netns: o.Netns, Service: o.Service, Server: o.Server}, *o.RequestsPerSecond, *o.WindowSeconds)
		if o.LatencySeconds != nil {
			fmt.Fprintf(&b, " latency %.4g", *o.LatencySeconds)
		}
		if o.Estimator != "" {
			fmt.Fprintf(&b, " by %s", o.Estimator)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestObserve(t *testing.T) {
	const second, third, blue = "10.0.0.2:80 in tcp/10.0.0.1:80 ", "10.0.0.3:80 in tcp/10.0.0.1:80 ", "in blue "
	var k kernel
	m := k.meter(t)
	defer m.Close()
	k.err = errors.New("not permitted")
	steps := []struct {
		name  string
		do    func()
		after time.Duration // the start
		want  string
	}{
		{"cannot be attached", func() {}, 10 * time.Second, "not permitted"},
		{"nothing measured", func() { k.err = nil }, 20 * time.Second, ""},
		{"first", func() { k.add(t, 1, 2, passive.Timestamps, 20, 100*time.Millisecond) }, 30 * time.Second,
			second + "2/s in 10s latency 0.1 by timestamps\n" + third + "0/s in 10s\n"},
		{"a window's alone", func() {
			k.add(t, 1, 2, passive.Timestamps, 10, 50*time.Millisecond)
			k.add(t, 1, 3, passive.Timestamps, 10, 400*time.Millisecond)
		}, 40 * time.Second, second + "1/s in 10s latency 0.05 by timestamps\n" + third + "1/s in 10s latency 0.4 by timestamps\n"},
		{"idle", func() {}, 50 * time.Second, second + "0/s in 10s by timestamps\n" + third + "0/s in 10s by timestamps\n"},
		{"two estimators", func() {
			k.add(t, 1, 2, passive.Timestamps, 10, 50*time.Millisecond)
			k.add(t, 1, 2, passive.Acknowledgement, 10, 9*time.Second)
			k.add(t, 1, 3, passive.Acknowledgement, 5, 9*time.Second)
		}, 60 * time.Second, second + "2/s in 10s latency 0.05 by timestamps\n"},
		{"connections are no answers", func() { k.add(t, 1, 2, passive.Connect, 9, time.Second) }, 70 * time.Second,
			second + "0/s in 10s by timestamps\n" + third + "0/s in 10s by timestamps\n"},
		{"other network namespaces", func() {
			k.add(t, 2, 2, passive.FirstByte, 10, 20*time.Millisecond)
			k.add(t, 3, 2, passive.FirstByte, 10, 20*time.Millisecond)
		}, 80 * time.Second, second + "0/s in 10s by timestamps\n" + third + "0/s in 10s by timestamps\n" +
			strings.Replace(second, "80 \n", "", 1) + blue + "1/s in 10s latency 0.02 by first_byte\n" + third + blue + "0/s in 10s\n"},
		{"cannot be read", func() {
			k.err = errors.New("no")
			k.add(t, 1, 2, passive.Timestamps, 40, 10*time.Millisecond)
		}, 90 * time.Second, "no"},
		{"again, of a longer window", func() { k.err = nil; k.readings = k.readings[:4] }, 100 * time.Second,
			second + "2/s in 20s latency 0.01 by timestamps\n" + third + "0/s in 20s by timestamps\n"},
		{"began anew", func() {
			k.readings = nil
			k.add(t, 1, 2, passive.Timestamps, 5, 80*time.Millisecond)
		}, 110 * time.Second, second + "0.5/s in 10s latency 0.08 by timestamps\n" + third + "0/s in 10s\n"},
		{"less than nothing", func() {
			k.add(t, 1, 2, passive.Timestamps, 5, -80*time.Millisecond)
		}, 120 * time.Second, second + "0.5/s in 10s latency 9.537e-07 by timestamps\n" + third + "0/s in 10s\n"},
		{"no time has passed", func() {}, 120 * time.Second, ""},
		{"forgotten", func() { k.readings = nil }, 130 * time.Second, ""},
		{"no room for one", func() {
			k.add(t, 1, 2, passive.FirstByte, 10, 20*time.Millisecond)
			k.losses = []passive.Loss{{Netns: 1, Reason: passive.NoRoom, Times: 1}}
		}, 140 * time.Second, ""},
		{"room for all of a service", func() { k.add(t, 1, 3, passive.FirstByte, 10, 20*time.Millisecond) }, 150 * time.Second,
			second + "0/s in 10s by first_byte\n" + third + "1/s in 10s latency 0.02 by first_byte\n"},
	}
	for _, step := range steps {
		step.do()
		got, err := m.Observe(context.Background(), began.Add(step.after))
		text := told(got)
		if err != nil {
			text += err.Error()
		}
		if absent := (*tuner.AbsentError)(nil); errors.As(err, &absent) != (step.name == "cannot be attached") {
			t.Errorf("%s: error %#v", step.name, err)
		}
		if text != step.want {
			t.Fatalf("%s: got\n%swant\n%s", step.name, text, step.want)
		}
		for _, o := range got {
			if !o.Time.Equal(began.Add(step.after)) {
				t.Errorf("%s: an observation of %s", step.name, o.Time)
			}
		}
	}
}

func TestClose(t *testing.T) {
	var k kernel
	m := k.meter(t)
	if got := m.Failing(began); got != nil {
		t.Errorf("failing: %v", got)
	}
	if m.Close(); k.closed != 1 {
		t.Errorf("closed %d times", k.closed)
	}
}

// TestMeanOf has times in several buckets, in one, below nothing and beyond all
// bounds.
func TestMeanOf(t *testing.T) {
	tests := []struct {
		name        string
		by          passive.Measure
		times       []time.Duration
		mean, error float64
	}{
		{"scattered", passive.FirstByte, []time.Duration{time.Millisecond, 3 * time.Millisecond}, 0.002, 0.001 / math.Sqrt2},
		{"roundings", passive.Timestamps, []time.Duration{954 * time.Microsecond, 954 * time.Microsecond}, 0.000954, 0.001 / math.Sqrt(12)},
		{"below nothing", passive.Timestamps, []time.Duration{-time.Millisecond}, passive.UpperBound(0), 0.001 / math.Sqrt(6)},
		{"very long", passive.FirstByte, []time.Duration{256 * time.Second, 300 * time.Second}, 278, 24.26}, // as if each were the shortest of its bucket,
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var k kernel
			for _, each := range test.times {
				k.add(t, 1, 2, test.by, 1, each)
			}
			mean, failure := meanOf(&k.readings[0].Histogram, test.by)
			if math.Abs(mean-test.mean) > 1e-9*test.mean || math.Abs(failure-test.error) > 0.3*test.error {
				t.Errorf("got %v and %v, want %v and %v", mean, failure, test.mean, test.error)
			}
		})
	}
}
