package tuner

import "testing"

func TestPace(t *testing.T) {
	tests := []struct {
		name       string
		deviations []float64
		want       float64
	}{
		{"never moved", nil, 1},
		{"turned round", []float64{1, -1}, 0.5},
		{"turned round after a pause", []float64{1, 0, -1}, 0.5},
		{"turned round again and again", []float64{1, -1, 1, -1, 1}, leastPace},
		{"goes on", []float64{1, -1, -1}, 0.55},
		{"goes on for long", []float64{1, -1, -1, -1, -1, -1, -1, -1, -1, -1}, 1},
		{"first move", []float64{-1}, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var p pace
			for _, d := range test.deviations {
				p = p.after(d)
			}
			sameNumbers(t, []float64{p.step()}, []float64{test.want})
		})
	}
}
