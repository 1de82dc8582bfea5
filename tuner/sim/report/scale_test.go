package report

import (
	"slices"
	"testing"
	"time"
)

func TestScales(t *testing.T) {
	tests := []struct {
		name   string
		scale  scale
		ticks  []string
		values []float64
		places []string
	}{
		{"nothing", linear(0), []string{"0", "0.5", "1"}, []float64{0, 0.25, 2}, []string{"0", "0.25", "1"}},
		{"linear", linear(0.13), []string{"0", "0.1", "0.2"}, []float64{0.1}, []string{"0.5"}},
		{"one value", logarithmic(0.05, 0.05), []string{"0.05", "0.1"}, []float64{0.05, 0.1}, []string{"0", "1"}},
		{"two decades", logarithmic(0.012, 0.9), []string{"0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1"}, []float64{0, 0.1}, []string{"0", "0.5"}},
		{"many decades", logarithmic(0.0012, 9), []string{"0.001", "0.01", "0.1", "1", "10"}, []float64{0.1}, []string{"0.5"}},
		{"weights", scale{"log1", 0, 100}, []string{"0", "10", "100"}, []float64{0, 100}, []string{"0", "1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var ticks, places []string
			for _, v := range test.scale.ticks() {
				ticks = append(ticks, short(v))
			}
			for _, v := range test.values {
				places = append(places, fixed(test.scale.at(v)))
			}
			if !slices.Equal(ticks, test.ticks) || !slices.Equal(places, test.places) {
				t.Errorf("ticks %q at %q, want %q at %q", ticks, places, test.ticks, test.places)
			}
		})
	}
}

func TestTimeTicks(t *testing.T) {
	tests := []struct {
		length time.Duration
		want   []string
	}{
		{3 * time.Second, []string{"0s", "1s", "2s", "3s"}},
		{12 * time.Minute, []string{"0s", "5m", "10m"}},
		{150 * time.Minute, []string{"0s", "1h", "2h"}},
		{7 * 24 * time.Hour, []string{"0s", "48h", "96h", "144h"}},
	}
	for _, test := range tests {
		t.Run(test.length.String(), func(t *testing.T) {
			var got []string
			for _, tick := range timeTicks(test.length) {
				got = append(got, tick.Label)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestPath(t *testing.T) {
	points := []point{{0, 10, 1, true}, {10, 20, 2, true}, {20, 30, 0, false}, {30, 40, 0, true}}
	if got, want := path(linear(2), 40*time.Second, points), "M125,500L375,0M875,1000"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestLabels(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{seconds(0), "0"}, {seconds(0.00005), "50 µs"}, {seconds(0.02), "20 ms"}, {seconds(0.9999), "1 s"}, {seconds(10), "10 s"},
		{percent(0.005), "0.5 %"},
		{shortTime(90 * time.Second), "1m30s"}, {shortTime(time.Hour), "1h"}, {shortTime(10 * time.Second), "10s"},
		{fixed(33.333333), "33.33"}, {fixed(20), "20"}, {fixedTenth(250.04), "250"},
	} {
		if test.got != test.want {
			t.Errorf("got %s, want %s", test.got, test.want)
		}
	}
}
