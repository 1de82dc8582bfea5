package tuner

import (
	"math"
	"slices"
	"time"
)

// happen has things go wrong, and be well again.
func (d *days) happen() {
	for _, n := range []*int{&d.meter.silent, &d.meter.late, &d.meter.doubled, &d.meter.slander, &d.insists} {
		*n = max(0, *n-1)
	}
	if d.gone > 0 {
		if d.gone--; d.gone == 0 {
			d.addService()
		}
		return
	}
	for _, m := range d.machines {
		m.fails = m.fails && !d.once(15)
		m.hangs = m.hangs && !d.once(8)
		if !m.ejected && m.Weight == 0 && d.once(20) {
			d.happened["brought back"]++
			d.order(m, d.otherWeight(m))
			return
		}
	}
	if slices.ContainsFunc(d.machines, func(m *machine) bool { return m.ejected }) && d.once(20) {
		d.happened["another takes over"]++
		d.service().writers = "another"
		m := d.any()
		d.order(m, d.otherWeight(m))
		return
	}
	if c := d.service(); d.once(60) {
		c.standby, c.writers = "", ""
	}
	if d.insists > 0 && d.memory.wrote {
		d.happened["insists"]++
		m := d.any()
		d.order(m, d.otherWeight(m))
		return
	}
	for _, f := range faults {
		if d.once(f.in) {
			d.happened[f.name]++
			f.happens(d)
			return
		}
	}
}

// faults are what may happen in a period, one in so many.
var faults = []struct {
	name    string
	in      int
	happens func(*days)
}{
	{"speed", 60, func(d *days) { d.any().rate = 20 + 200*d.random.Float64() }},
	{"fails", 80, func(d *days) { d.any().fails = true }},
	{"many fail", 400, func(d *days) {
		for _, m := range d.machines {
			m.fails = !d.once(4)
		}
	}},
	{"hangs", 200, func(d *days) { d.any().hangs = true }},
	{"joins", 300, func(d *days) {
		if len(d.machines) < 9 {
			d.join()
		}
	}},
	{"leaves", 300, func(d *days) {
		if len(d.machines) > 1 {
			i := d.random.IntN(len(d.machines))
			d.machines = slices.Delete(d.machines, i, i+1)
		}
	}},
	{"added again", 300, func(d *days) {
		m := d.any()
		m.Stats.Connections, m.ActiveConnections = 0, 0
		d.order(m, d.otherWeight(m))
		d.bound(m)
	}},
	{"drained", 150, func(d *days) { d.drain(d.any()) }},
	{"all drained", 2000, func(d *days) {
		for _, m := range d.machines {
			d.drain(m)
		}
	}},
	{"edited", 400, func(d *days) { m := d.any(); d.order(m, d.otherWeight(m)) }},
	{"all edited", 800, func(d *days) {
		for _, m := range d.machines {
			d.order(m, d.otherWeight(m))
		}
	}},
	{"insists for a while", 3000, func(d *days) { d.insists = 200 }},
	{"thresholds edited", 400, func(d *days) { d.bound(d.any()) }},
	{"scheduled otherwise", 150, func(d *days) {
		if s := []string{"wrr", "wlc", "mh", "rr", "sed", "wrr", "wrr"}[d.random.IntN(7)]; s != d.service().Scheduler {
			d.scheduler, d.ordered = s, s
		}
	}},
	{"service deleted", 2000, func(d *days) { d.gone = d.random.IntN(5); d.addService() }},
	{"meter silent", 200, func(d *days) { d.meter.silent = 1 + d.random.IntN(80) }},
	{"meter late", 300, func(d *days) { d.meter.late = 1 + d.random.IntN(30) }},
	{"meter contradicts itself", 300, func(d *days) { d.meter.doubled = 1 + d.random.IntN(30) }},
	{"meter slanders", 300, func(d *days) { d.meter.slander = 1 + d.random.IntN(30) }},
	{"meter wrong", 200, func(d *days) {
		some := d.once(2)
		for _, m := range d.machines {
			if !some || d.once(3) {
				m.lie = math.Pow(10, 8*d.random.Float64()-4)
			}
		}
	}},
	{"meter right", 50, func(d *days) {
		for _, m := range d.machines {
			m.lie = 1
		}
	}},
	{"clock forth", 600, func(d *days) { d.now = d.now.Add(time.Hour) }},
	{"clock back", 600, func(d *days) { d.now = d.now.Add(-time.Hour) }},
	{"standby", 400, func(d *days) { d.service().standby = "address 10.0.0.9 is not on this host" }},
	{"a known writer", 10000, func(d *days) { d.service().writers = "kube-proxy" }},
}

// addService adds the service again, with servers and weights of somebody
// else's.
func (d *days) addService() {
	d.scheduler = d.ordered
	for _, m := range d.machines {
		m.Stats.Connections, m.ActiveConnections = 0, 0
		d.order(m, d.otherWeight(m))
		d.bound(m)
	}
}

// drain has somebody else set a weight to 0, unless it was the tuner's 0 a moment
// ago: whose it is then cannot be told from the table.
func (d *days) drain(m *machine) {
	if d.memory.found[m.ID] > 0 {
		d.order(m, 0)
	}
}
