package status

import (
	"cmp"
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

const (
	servicesOnPage  = 50
	serversOnPage   = 100
	decisionsOnList = 20
)

// list returns the virtual services that are asked for.
func (b *Board) list(q query, now time.Time) (List, error) {
	l := List{Head: b.head(now), Page: q.page, Services: []Service{}}
	rows := b.rows()
	l.Total = len(rows)
	var buffer []byte
	rows = slices.DeleteFunc(rows, func(r row) bool { return !q.finds(&r, &buffer) })
	l.Codes = counted(rows)
	if q.code != "" {
		rows = slices.DeleteFunc(rows, func(r row) bool { return r.code() != q.code })
	}
	l.Matching = len(rows)
	l.Decisions = b.decisions(rows, decisionsOnList)
	from, to, pages, err := q.pages(len(rows), servicesOnPage)
	l.Pages = pages
	if err != nil {
		return l, err
	}
	for i := range rows[from:to] {
		s := serviceOf(&rows[from+i])
		s.History = b.history(rows[from+i].target())
		l.Services = append(l.Services, s)
	}
	return l, nil
}

// unread is what stands for the code of a service that could not be decided on.
const unread = "unread"

func (r *row) code() string {
	if r.unread {
		return unread
	}
	return string(r.plan.Code)
}

// counted counts services by their codes, the most frequent first.
func counted(rows []row) []Count {
	numbers := make(map[string]int)
	for i := range rows {
		numbers[rows[i].code()]++
	}
	counts := []Count{}
	for code, n := range numbers {
		counts = append(counts, Count{code, n})
	}
	slices.SortFunc(counts, func(a, b Count) int { return cmp.Or(b.Services-a.Services, cmp.Compare(a.Code, b.Code)) })
	return counts
}

func serviceOf(r *row) Service {
	p := &r.plan
	s := Service{
		Netns: p.Netns, Service: p.Service, Policy: p.Policy, Source: p.Source, Time: r.time, Action: p.Action, Code: p.Code,
		Guard: p.Code.OfGuard(), Unread: r.unread, Reason: p.Reason,
		Servers: len(p.Servers), Latency: meanLatency(p), Autoscaling: p.Autoscaling,
	}
	for i := range p.Servers {
		if p.Servers[i].Weight > 0 {
			s.AvailableServers++
		}
	}
	return s
}

// detail returns the virtual service that is asked for.
func (b *Board) detail(q query, now time.Time) (Detail, error) {
	d := Detail{Head: b.head(now), Page: q.page, Servers: []Server{}}
	r := b.row(q.of)
	if r == nil {
		return d, errNoService
	}
	d.Service = serviceOf(r)
	d.Service.History = b.history(q.of)
	d.Decisions = b.decisions([]row{*r}, mostDecisions)
	from, to, pages, err := q.pages(len(r.plan.Servers), serversOnPage)
	d.Pages = pages
	if err != nil {
		return d, err
	}
	for i := range r.plan.Servers[from:to] {
		d.Servers = append(d.Servers, serverOf(&r.plan.Servers[from+i], d.DryRun))
	}
	b.addHistories(q.of, d.Servers)
	return d, nil
}

// serverOf returns a real server as it stands; in a dry run, as it did before.
func serverOf(p *tuner.ServerPlan, dryRun bool) Server {
	s := Server{
		Server: p.Server, Weight: p.Weight, UpperThreshold: p.UpperThreshold, LowerThreshold: p.LowerThreshold,
		Share: p.ShareRatio, Latency: p.LatencySeconds, Reason: p.Reason,
		Capacity: p.CapacityRequestsPerSecond, CapacityError: p.CapacityErrorRatio,
	}
	if dryRun {
		if p.Weight != p.PreviousWeight {
			s.Wanted = &p.Weight
		}
		s.Weight, s.Share = p.PreviousWeight, p.PreviousShareRatio
		s.UpperThreshold, s.LowerThreshold = p.PreviousUpperThreshold, p.PreviousLowerThreshold
	}
	return s
}
