package traffic

import (
	"math"
	"math/rand/v2"
	"net/url"
	"testing"
	"time"
)

func TestSettingsWith(t *testing.T) {
	before := Settings{ServiceTime: 10 * time.Millisecond, Distribution: Fixed, Workers: 2}
	tests := []struct {
		name, query string
		want        Settings // zero: an error
	}{
		{"unknown name", "delay=1ms", Settings{}},
		{"no duration", "service_time=20", Settings{}},
		{"negative duration", "service_time=-1ms", Settings{}},
		{"no number", "workers=many", Settings{}},
		{"negative number", "workers=-1", Settings{}},
		{"unknown distribution", "distribution=normal", Settings{}},
		{"neither true nor false", "failing=often", Settings{}},
		{"nothing", "", before},
		{"one", "service_time=20ms", Settings{20 * time.Millisecond, Fixed, 2, false}},
		{"all", "service_time=0s&distribution=exponential&workers=0&failing=true", Settings{0, Exponential, 0, true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			values, err := url.ParseQuery(tt.query)
			if err != nil {
				t.Fatal(err)
			}
			got, err := before.with(values)
			if (err != nil) != (tt.want == Settings{}) {
				t.Fatalf("error %v", err)
			}
			if err == nil && got != tt.want {
				t.Errorf("settings %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestDraw(t *testing.T) {
	const n = 20000
	tests := []struct {
		distribution Distribution
		deviation    float64 // seconds
	}{{Fixed, 0}, {Exponential, 0.02}}
	for _, tt := range tests {
		t.Run(string(tt.distribution), func(t *testing.T) {
			s := Settings{ServiceTime: 20 * time.Millisecond, Distribution: tt.distribution}
			random := rand.New(rand.NewPCG(1, 0))
			var sum, squares float64
			for range n {
				d := s.draw(random).Seconds()
				sum += d
				squares += d * d
			}
			mean := sum / n
			deviation := math.Sqrt(max(0, squares/n-mean*mean))
			if math.Abs(mean-0.02) > 0.0005 || math.Abs(deviation-tt.deviation) > 0.001 {
				t.Errorf("mean %.4f s, deviation %.4f s, want 0.02 and %g", mean, deviation, tt.deviation)
			}
		})
	}
}
