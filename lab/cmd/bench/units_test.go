//go:build linux

package main

import (
	"math"
	"testing"
)

func TestUnits(t *testing.T) {
	tests := []struct {
		name  string
		unit  unit
		value float64
		want  string
	}{
		{"not measured", seconds, math.NaN(), ""},
		{"nothing", seconds, 0, "0 s"},
		{"less than a second", seconds, 0.0123456, "0.0123 s"},
		{"many seconds", seconds, 1234.5, "1234 s"},
		{"bytes", megabytes, 140e6, "140 MB"},
		{"number", plain, 1999.7, "2000"},
		{"microseconds", microseconds, 5.064e-6, "5.06 µs"},
		{"percent", percent, 0.0346, "3.46 %"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.unit.text(tt.value); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestRatioText(t *testing.T) {
	for ratio, want := range map[float64]string{1.0 / 15: "1/15.0", 0.5: "0.500", 1.4999: "1.50", 11: "11.0", 0: "0"} {
		if got := ratioText(ratio); got != want {
			t.Errorf("%v: %q, want %q", ratio, got, want)
		}
	}
}
