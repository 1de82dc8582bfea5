package tuner

import (
	"testing"
	"time"
)

// TestErrorsEndFailing has a server that gets next to no requests since it fails:
// the source of its errors alone tells when it works again, and says nothing by
// telling the same twice.
func TestErrorsEndFailing(t *testing.T) {
	tests := []struct {
		name  string
		ratio float64
		want  bool
	}{
		{"it fails", 1, true},
		{"now and then", 0.08, true},
		{"not any more", 0, false},
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, m := serverState{Failing: true}, measurement{}
			problem := s.takeErrors(Observation{ErrorRatio: &test.ratio}, &m, moment{now: now, interval: 6 * time.Second})
			again := measurement{}
			s.takeErrors(Observation{ErrorRatio: &test.ratio}, &again, moment{now: now, interval: 6 * time.Second})
			if problem != "" || again.failing != test.want || s.Failing != test.want {
				t.Errorf("is failing: %t, problem %q", s.Failing, problem)
			}
		})
	}
}
