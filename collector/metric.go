package collector

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// metrics are families whose series are one for each T. They are made by
// adding one after the other.
type metrics[T any] struct {
	labels   []string
	walk     func(v *view, each func([]T, group)) // calls each with all T, in one group or more
	families []family
}

// column sets values, or noValue, of each T in a group.
type column[T any] func(all []T, values []float64)

// each is the column of a value. Where there are very many T, a column with a
// loop of its own costs a third.
func each[T any](value func(*T) float64) column[T] {
	return func(all []T, values []float64) {
		for i := range all {
			values[i] = value(&all[i])
		}
	}
}

func (m *metrics[T]) counter(name, help string, values column[T]) *exception[T] {
	return m.add(prometheus.CounterValue, name, help, values)
}

func (m *metrics[T]) gauge(name, help string, values column[T]) *exception[T] {
	return m.add(prometheus.GaugeValue, name, help, values)
}

func (m *metrics[T]) add(kind prometheus.ValueType, name, help string, values column[T]) *exception[T] {
	e := &exception[T]{}
	m.families = append(m.families, newFamily(kind, name, help, m.labels, func(v *view, o *output) {
		if e.procfs && v.table.Source == ipvs.Procfs {
			return
		}
		m.walk(v, func(all []T, g group) {
			column := o.room(len(all))
			values(all, column)
			e.apply(all, column)
			o.addColumn(g, column)
		})
	}))
	return e
}

// exception says where a metric has no value; the zero value is nowhere.
type exception[T any] struct {
	procfs bool // in a table from /proc
	when   func(*T) bool
}

func (e *exception[T]) apply(all []T, column []float64) {
	if e.when == nil {
		return
	}
	for i := range all {
		if e.when(&all[i]) {
			column[i] = noValue()
		}
	}
}

// unless leaves out those of which when is true.
func (e *exception[T]) unless(when func(*T) bool) { e.when = when }

// unlessFromProc leaves out a table from /proc, which does not have the value.
func (e *exception[T]) unlessFromProc() { e.procfs = true }
