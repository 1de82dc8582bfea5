package status

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// row is a virtual service without its history.
type row struct {
	plan   tuner.ServicePlan
	time   time.Time
	unread bool
}

func (r *row) target() tuner.Target {
	return tuner.Target{Netns: r.plan.Netns, Service: r.plan.Service}
}

// rows returns all virtual services in order.
func (b *Board) rows() []row {
	b.mutex.RLock()
	defer b.mutex.RUnlock()
	rows := make([]row, len(b.order))
	for i, at := range b.order {
		r := b.services[at]
		rows[i] = row{r.plan, r.time, r.unread}
	}
	return rows
}

// row returns a virtual service, nil where there is none.
func (b *Board) row(at tuner.Target) *row {
	b.mutex.RLock()
	defer b.mutex.RUnlock()
	if r := b.services[at]; r != nil {
		return &row{r.plan, r.time, r.unread}
	}
	return nil
}

// overdue is how long after its time a decision is late, besides another
// interval: sources may take a while.
const overdue = 10 * time.Second

// head returns what each view tells.
func (b *Board) head(now time.Time) Head {
	b.mutex.RLock()
	defer b.mutex.RUnlock()
	r := &b.last
	h := Head{Time: r.Time, IntervalSeconds: r.Interval.Seconds(), DryRun: r.DryRun, Failing: r.Failing, Failures: []Failure{}, Absent: r.Absent}
	h.Late = b.told > 0 && now.Sub(r.Time) > 2*r.Interval+overdue
	for _, f := range r.Failures {
		h.Failures = append(h.Failures, Failure{f.What, f.Netns, f.Service, f.Server, f.Error})
	}
	return h
}

// version is another one whenever something was told.
func (b *Board) version() uint64 {
	b.mutex.RLock()
	defer b.mutex.RUnlock()
	return b.told
}

// history returns the last hour of a virtual service, nil where it is gone.
func (b *Board) history(at tuner.Target) *ServiceHistory {
	b.mutex.RLock()
	defer b.mutex.RUnlock()
	r := b.services[at]
	if r == nil {
		return nil
	}
	points := r.points(0)
	return &ServiceHistory{
		Start: b.grid.start(r.last - int64(len(points)) + 1), StepSeconds: b.grid.step.Seconds(),
		Latency: column(points, ofMean), Demand: column(points, ofDemand),
		Capacity: column(points, ofBearing), Utilization: column(points, ofUse),
	}
}

// addHistories adds their last hour to servers of a virtual service.
func (b *Board) addHistories(at tuner.Target, servers []Server) {
	b.mutex.RLock()
	defer b.mutex.RUnlock()
	r := b.services[at]
	if r == nil {
		return
	}
	for i := range servers {
		if at := r.column(servers[i].Server); at >= 0 {
			points := r.points(at)
			servers[i].History = &ServerHistory{column(points, ofWeight), column(points, ofShare), column(points, ofLatency), column(points, ofCapacity)}
		}
	}
}

// decisions returns those of virtual services, the newest first, so many at
// most.
func (b *Board) decisions(of []row, most int) []Decision {
	b.mutex.RLock()
	defer b.mutex.RUnlock()
	found := []Decision{}
	for i := range of {
		if r := b.services[of[i].target()]; r != nil {
			found = append(found, r.decisions...)
		}
	}
	return newest(found, most)
}
