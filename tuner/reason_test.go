package tuner

import (
	"encoding/json"
	"testing"
)

func TestReasons(t *testing.T) {
	tests := []struct {
		name          string
		reason        Reason
		text, inTable string
	}{
		{"nothing known", Reason{}, "is quiescent, left alone", "is quiescent, left alone"},
		{"not written", Reason{looks: looksUnobserved, besides: "; not written: no"}, "is not observed, keeps its share; not written: no", "is not observed, keeps its share; not written: no"},
		{"idle", Reason{looks: looksIdle, source: "prom"}, "is idle according to prom, keeps its share", "is idle, keeps its share"},
		{"idle, with connections", Reason{looks: looksIdle, source: "prom", perSecond: 12.3}, "is idle according to prom, though 12/s come, keeps its share", "is idle, keeps its share"},
		{"failing", Reason{looks: looksFailing, source: "probe"}, "fails its requests according to probe", "fails its requests"},
		{"behind", Reason{looks: looksFalling}, "falls behind", "falls behind"},
		{"joined", Reason{looks: looksJoined}, "has joined, begins with a tenth", "has joined, begins with a tenth"},
		{"like the mean", Reason{looks: looksInLatency, ratio: 1}, "is about as fast as the mean", "is about as fast as the mean"},
		{"slower", Reason{looks: looksInLatency, ratio: 1.5, source: "prom"}, "needs 1.50 times the mean latency according to prom", "needs 1.50 times the mean latency"},
		{"more overhead", Reason{looks: looksInOverhead, ratio: 1.5}, "has 1.50 times the mean overhead", "has 1.50 times the mean overhead"},
		{"bears", Reason{looks: looksBearing, latency: 0.0123, perSecond: 696, busy: 0.4}, "answers in 12.3ms, bears about 700/s, gets 40 % of it", "gets 40 % of what it bears"},
		{"bears, not measured", Reason{looks: looksBearing, perSecond: 3.14, busy: 1.2}, "bears about 3.1/s, gets 120 % of it", "gets 120 % of what it bears"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.reason.String(); got != test.text {
				t.Errorf("got %q, want %q", got, test.text)
			}
			if got := test.reason.inTable(); got != test.inTable {
				t.Errorf("in a table: got %q, want %q", got, test.inTable)
			}
			if got, err := json.Marshal(test.reason); err != nil || string(got) != `"`+test.text+`"` {
				t.Errorf("as JSON: %s, %v", got, err)
			}
		})
	}
}
