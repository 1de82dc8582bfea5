package prometheus

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// readings are the values that a query has of the real servers.
type readings struct {
	known bool // the query was made, and answered
	of    map[tuner.Target]reading
}

// reading is one series' value.
type reading struct {
	value float64 // may be NaN, infinite or negative
	time  time.Time
	twice bool // there is another series of the server, so that neither counts
}

// read takes the readings from the result of a query, and returns what is
// wrong with it. Series of other servers are left alone, unless there is nothing
// else.
func (r *readings) read(value model.Value, m matcher) (wrong []error) {
	vector, ok := value.(model.Vector)
	switch {
	case value == nil, slices.Contains(vector, nil):
		r.known = false
		return []error{errors.New("the answer is none of Prometheus's")}
	case !ok:
		r.known = false
		return []error{fmt.Errorf("gives a %s; an instant vector is needed, a series for each real server", value.Type())}
	}
	for _, sample := range vector {
		if err := r.take(sample, m); err != nil {
			wrong = append(wrong, err)
		}
	}
	if len(r.of) == 0 && len(vector) > 0 && len(wrong) == 0 {
		wrong = append(wrong, fmt.Errorf("no series is of a real server that is tuned; the label %s has %q, for one",
			m.serverLabel, vector[0].Metric[m.serverLabel]))
	}
	return wrong
}

// take takes in one series.
func (r *readings) take(s *model.Sample, m matcher) error {
	servers, err := m.find(s.Metric)
	if err != nil || len(servers) == 0 {
		return err
	}
	if s.Histogram != nil {
		return errors.New("gives native histograms; histogram_avg or histogram_count makes numbers of them")
	}
	for _, t := range servers {
		if _, there := r.of[t]; there {
			r.of[t] = reading{twice: true}
			err = fmt.Errorf("more than one series is of %s; aggregate by (%s)", t, m.serverLabel)
			continue
		}
		r.of[t] = reading{value: float64(s.Value), time: s.Timestamp.Time()}
	}
	return err
}

// get returns the reading of a server; false where there is none that counts.
func (r readings) get(t tuner.Target) (reading, bool) {
	one, ok := r.of[t]
	return one, ok && !one.twice
}
