package collector

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
)

// latencyOf measures all real servers of these directors, each in its own way,
// and a server that none of them has.
func latencyOf(of ...*fake) func() ([]passive.Reading, []passive.Loss, error) {
	var readings []passive.Reading
	var losses []passive.Loss
	for _, d := range of {
		losses = append(losses, passive.Loss{Netns: uint32(d.inode), Reason: passive.Clock, Times: 3})
		for i := range d.table.Services {
			for j := range d.table.Services[i].Servers {
				for _, m := range []passive.Measure{passive.Connect, passive.Measure(1 + (i+j)%3)} {
					h := passive.Histogram{Sum: time.Duration(i+j)*time.Second + 123456789}
					h.Buckets[0], h.Buckets[40+i], h.Buckets[60+j], h.Buckets[passive.Buckets-1] = uint64(i), 2_000_000, 1, uint64(j)
					readings = append(readings, passive.Reading{
						Netns: uint32(d.inode), Service: d.table.Services[i].ID, Server: d.table.Services[i].Servers[j].ID, Measure: m, Histogram: h,
					})
				}
			}
		}
	}
	readings = append(readings, passive.Reading{Netns: 99})
	return func() ([]passive.Reading, []passive.Loss, error) { return readings, losses, nil }
}

// The native buckets have what the classic ones have, each in its place.
func TestNativeHistogram(t *testing.T) {
	h := passive.Histogram{Sum: 3 * time.Second}
	h.Buckets[0], h.Buckets[1], h.Buckets[40], h.Buckets[41], h.Buckets[passive.Buckets-1] = 5, 4, 3, 2, 1
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(New(only(&fake{inode: 7, table: table()}), Options{
		Collectors: []string{NameLatency},
		Latency: func() ([]passive.Reading, []passive.Loss, error) {
			s := table().Services[0]
			return []passive.Reading{{Netns: 7, Service: s.ID, Server: s.Servers[0].ID, Measure: passive.Connect, Histogram: h}}, nil, nil
		},
	}))
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != "ipvs_server_connect_seconds" {
			continue
		}
		got := f.GetMetric()[0].GetHistogram()
		if got.GetSchema() != 2 || got.GetZeroCount() != 5 || got.GetSampleCount() != 15 || got.GetSampleSum() != 3 {
			t.Errorf("it is %v", got)
		}
		var indexes []int
		index := 0
		for _, span := range got.GetPositiveSpan() {
			index += int(span.GetOffset())
			for range span.GetLength() {
				indexes = append(indexes, index)
				index++
			}
		}
		if want := []int{-79, -40, -39, 33}; !slices.Equal(indexes, want) { // 2^(-40/4) s is 2^-10 s
			t.Errorf("buckets %v, want %v", indexes, want)
		}
		first := got.GetBucket()[0]
		if first.GetUpperBound() != 1.0/1024 || first.GetCumulativeCount() != 5+4+3 {
			t.Errorf("the first classic bucket is %v", first)
		}
		return
	}
	t.Error("no histogram")
}

// What could not be read is told.
func TestLatencyUnreadable(t *testing.T) {
	var told []Outcome
	c := New(only(&fake{table: table()}), Options{
		Collectors: []string{NameLatency},
		Latency: func() ([]passive.Reading, []passive.Loss, error) {
			return nil, nil, errors.New("no capability")
		},
		Report: func(o Outcome) { told = append(told, o) },
	})
	gather(t, c)
	gather(t, c)
	if len(told) != 1 || told[0].Part != "latency" || told[0].Err.Error() != "no capability" {
		t.Errorf("told %v", told)
	}
}
