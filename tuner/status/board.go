package status

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// Board keeps what a loop tells. The zero one was told nothing. It may be read
// while it is told something.
type Board struct {
	mutex    sync.RWMutex
	last     tuner.Report // without its plan
	told     uint64       // reports
	grid     grid
	services map[tuner.Target]*record
	order    []tuner.Target // of the services
}

// Tell takes in a decision. It keeps what the plan refers to, which is not to be
// changed any more.
func (b *Board) Tell(r tuner.Report) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.services == nil {
		b.services = make(map[tuner.Target]*record)
	}
	b.settle(&r)
	for i := range r.Plan.Services {
		p := &r.Plan.Services[i]
		at := tuner.Target{Netns: p.Netns, Service: p.Service}
		if b.services[at] == nil {
			b.services[at] = &record{}
		}
		b.services[at].take(p, r.Time, b.grid, r.DryRun)
	}
	if len(b.services) != len(b.order) || !r.Early {
		b.order = slices.SortedFunc(maps.Keys(b.services), tuner.Target.Compare)
	}
	r.Plan = tuner.Plan{}
	b.last = r
	b.told++
}

// settle drops the services that are gone, notes which could not be read, and
// has the histories of all others fit in.
func (b *Board) settle(r *tuner.Report) {
	histories := 0
	decided := make(map[tuner.Target]bool, len(r.Plan.Services))
	for i := range r.Plan.Services {
		p := &r.Plan.Services[i]
		decided[tuner.Target{Netns: p.Netns, Service: p.Service}] = true
		histories += 1 + len(p.Servers)
	}
	for at, known := range b.services {
		read, there := r.Read[at.Netns]
		switch {
		case decided[at]:
			continue
		case r.Early:
		case read || !there && r.Listed:
			delete(b.services, at)
			continue
		default:
			known.unread = true
		}
		histories += 1 + len(known.servers)
	}
	b.fit(r.Interval, histories)
}

// fit moves all histories to another grid where they would be too large, or
// could be twice as fine.
func (b *Board) fit(interval time.Duration, histories int) {
	wanted := gridFor(interval, histories)
	if wanted == b.grid || b.grid.slots > 0 && wanted.step < b.grid.step && gridFor(interval, 2*histories).step >= b.grid.step {
		return
	}
	if b.grid.slots > 0 {
		for _, r := range b.services {
			r.regrid(b.grid, wanted)
		}
	}
	b.grid = wanted
}
