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
	at := moment{now: stampAfter(0), interval: 6 * time.Second}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, m, again := serverState{Failing: true}, measurement{}, measurement{}
			o := Observation{Service: plantService, Server: plantServer(0), ErrorRatio: &test.ratio}
			problem := s.takeErrors(&o, &m, at)
			s.takeErrors(&o, &again, at)
			if problem != "" || again.failing != test.want || s.Failing != test.want {
				t.Errorf("is failing: %t, problem %q", s.Failing, problem)
			}
		})
	}
}
