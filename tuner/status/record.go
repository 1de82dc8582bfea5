package status

import (
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// The values of a virtual service's points, and of a real server's.
const (
	ofDemand, ofBearing, ofMean, ofUse       = 0, 1, 2, 3
	ofWeight, ofShare, ofLatency, ofCapacity = 0, 1, 2, 3
)

// record is what is kept of a virtual service.
type record struct {
	plan      tuner.ServicePlan // the last one; what it refers to is not changed
	time      time.Time         // of that
	unread    bool              // it could not be decided on since
	first     int64             // slot in which the history begins
	last      int64             // slot that was written to last
	servers   []ipvs.ServerID   // by identity
	history   table             // of the service, and of each of these after it
	decisions []Decision        // that changed something, or began or ended a guard; the newest last
}

// take takes in a decision.
func (r *record) take(p *tuner.ServicePlan, now time.Time, g grid, dryRun bool) {
	r.decide(p, now, dryRun)
	r.plan, r.time, r.unread = *p, now, false
	slot := g.at(now)
	if slot == r.last-1 { // the clock was put right
		slot = r.last
	}
	if r.history.columns == 0 || slot < r.last {
		*r = record{plan: r.plan, time: r.time, decisions: r.decisions, history: newTable(g, 1), first: slot, last: slot}
	}
	r.follow(p.Servers)
	r.history.advance(r.last, slot)
	row := r.history.row(slot)
	row[0] = servicePoint(p)
	for i := range p.Servers {
		row[i+1] = serverPoint(&p.Servers[i], dryRun)
	}
	r.last = slot
}

// follow has a history of each of the servers. Those of servers that are gone
// end.
func (r *record) follow(servers []tuner.ServerPlan) {
	if r.follows(servers) {
		return
	}
	columns, ids := []int{0}, make([]ipvs.ServerID, len(servers))
	for i := range servers {
		ids[i] = servers[i].Server
		columns = append(columns, r.column(ids[i]))
	}
	r.servers, r.history = ids, r.history.with(columns)
}

func (r *record) follows(servers []tuner.ServerPlan) bool {
	if len(r.servers) != len(servers) {
		return false
	}
	for i := range servers {
		if r.servers[i] != servers[i].Server {
			return false
		}
	}
	return true
}

// column returns the column of a server's history, -1 where it has none.
func (r *record) column(id ipvs.ServerID) int {
	if i, there := slices.BinarySearchFunc(r.servers, id, ipvs.ServerID.Compare); there {
		return i + 1
	}
	return -1
}

// serverPoint returns what stands of a real server after a decision.
func serverPoint(p *tuner.ServerPlan, dryRun bool) point {
	at := point{float32(p.Weight), nan, nan, nan}
	share := p.ShareRatio
	if dryRun {
		at[ofWeight], share = float32(p.PreviousWeight), p.PreviousShareRatio
	}
	if share != nil {
		at[ofShare] = float32(*share)
	}
	if p.LatencySeconds > 0 {
		at[ofLatency] = float32(p.LatencySeconds)
	}
	if p.CapacityRequestsPerSecond > 0 {
		at[ofCapacity] = float32(p.CapacityRequestsPerSecond)
	}
	return at
}

func servicePoint(p *tuner.ServicePlan) point {
	at := unknown
	if mean := meanLatency(p); mean > 0 {
		at[ofMean] = float32(mean)
	}
	if a := p.Autoscaling; a != nil {
		at[ofDemand] = float32(a.Demand)
		if a.Capacity != nil {
			at[ofBearing] = float32(*a.Capacity)
		}
		if a.Utilization != nil {
			at[ofUse] = float32(*a.Utilization)
		}
	}
	return at
}

// meanLatency returns the mean of the latencies that are known, by the shares
// under which they were measured, in seconds; 0 where none is.
func meanLatency(p *tuner.ServicePlan) float64 {
	sum, shares := 0.0, 0.0
	for i := range p.Servers {
		if s := &p.Servers[i]; s.LatencySeconds > 0 && s.PreviousShareRatio != nil {
			sum += float64(*s.PreviousShareRatio * s.LatencySeconds)
			shares += *s.PreviousShareRatio
		}
	}
	if shares == 0 {
		return 0
	}
	return sum / shares
}

// points returns those of a column since the history began, up to an hour ago.
func (r *record) points(column int) []point {
	return r.history.read(column, max(r.first, r.last-r.history.slots()+1), r.last)
}

// regrid moves all histories to another grid.
func (r *record) regrid(from, to grid) {
	if r.history.columns > 0 {
		r.history = r.history.on(from, to, r.last)
		r.first, r.last = to.at(from.start(r.first)), to.at(from.start(r.last+1).Add(-1))
	}
}
