//go:build lab

package e2e

import (
	"testing"
)

// expected builds, from what is printed of a network namespace, the series
// that an exporter must show of it.
type expected struct {
	samples
	printed
}

func expectAll(t *testing.T, v view) samples {
	t.Helper()
	e := expected{samples{}, readPrinted(t, v.namespace)}
	e.stats(t)
	e.gauges(t)
	e.thresholds(t)
	e.persistent(t)
	e.words(t, v.names)
	e.costs(t)
	e.director(t)
	e.totals(t)
	e.processors(t)
	e.connections()
	e.sysctls(t)
	return e.samples
}

func (e expected) set(value float64, name string, labels ...string) {
	e.samples[series(name, labels...)] = value
}

// statsColumns are those of ipvsadm's --stats and --rate, and of /proc.
var statsColumns = []string{"connections", "incoming_packets", "outgoing_packets", "incoming_bytes", "outgoing_bytes"}

func (e expected) stats(t *testing.T) {
	for unit, l := range map[string]listing{
		"_total":      e.listing("--stats --exact"),
		"_per_second": e.listing("--rate --exact"),
	} {
		for i, column := range statsColumns {
			for id, fields := range l.services {
				e.samples[ofService(column+unit, id)] = number(t, fields[i])
			}
			for id, fields := range l.servers {
				e.samples[ofServer(column+unit, id[0], id[1])] = number(t, fields[i])
			}
		}
	}
}

// gauges are weight, active and inactive connections, and their sums.
func (e expected) gauges(t *testing.T) {
	l := e.listing("")
	e.set(float64(len(l.services)), "ipvs_services")
	e.set(float64(len(l.servers)), "ipvs_servers")
	names := []string{"weight", "active_connections", "inactive_connections"}
	for id := range l.services {
		for _, name := range names {
			e.samples[ofService(name, id)] = 0
		}
	}
	for id, fields := range l.servers {
		for i, name := range names {
			value := number(t, fields[1+i])
			e.samples[ofServer(name, id[0], id[1])] = value
			e.samples[ofService(name, id[0])] += value
		}
	}
}

// thresholds also decide in which state a server is.
func (e expected) thresholds(t *testing.T) {
	l := e.listing("--thresholds")
	for id := range l.services {
		for _, state := range []string{"available", "overloaded", "quiescent"} {
			e.samples[inState(state, id)] = 0
		}
	}
	for id, fields := range l.servers {
		upper, lower := number(t, fields[0]), number(t, fields[1])
		if upper > 0 {
			e.samples[ofServer("upper_threshold_connections", id[0], id[1])] = upper
		}
		if lower > 0 {
			e.samples[ofServer("lower_threshold_connections", id[0], id[1])] = lower
		}
		state := "available"
		switch {
		case e.samples[ofServer("weight", id[0], id[1])] == 0:
			state = "quiescent"
		case upper > 0 && number(t, fields[2])+number(t, fields[3]) >= upper:
			state = "overloaded"
		}
		e.samples[inState(state, id[0])]++
	}
}

func (e expected) persistent(t *testing.T) {
	const name = "persistent_connections"
	l := e.listing("--persistent-conn")
	for id := range l.services {
		e.samples[ofService(name, id)] = 0
	}
	for id, fields := range l.servers {
		value := number(t, fields[1])
		e.samples[ofServer(name, id[0], id[1])] = value
		e.samples[ofService(name, id[0])] += value
	}
}
