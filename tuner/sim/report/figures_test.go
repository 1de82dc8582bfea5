package report

import "testing"

func TestCellOf(t *testing.T) {
	for text, want := range map[string]cell{
		"1.20±0.30s": {"1.20s", "±0.30"},
		"85.1±2.3ms": {"85.1ms", "±2.3"},
		"12.0±1.0µs": {"12.0µs", "±1.0"},
		"0.12±0.05%": {"0.12%", "±0.05"},
		"43.4±4.7":   {"43.4", "±4.7"},
		"9.97s":      {"9.97s", ""},
		"never":      {"never", ""},
	} {
		if got := cellOf(text); got != want {
			t.Errorf("%s is %+v, want %+v", text, got, want)
		}
	}
}
