package tuner

import (
	"context"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Watch samples the virtual services that a configuration tunes for one
// interval, as [Loop] does between two decisions, and returns the state with
// what it saw. The meters watch meanwhile, and are to be asked then. It returns
// at once where no source takes time.
func Watch(ctx context.Context, d Director, meters Meters, cfg Config, state State) (State, error) {
	table, err := d.Table()
	if err != nil {
		return state, err
	}
	start := time.Now()
	plan, _ := Step(cfg, state, table, nil, start)
	meters.watch(cfg, plan)
	tuned := cfg.counted(plan)
	takesTime := len(tuned) > 0 || cfg.probed(plan)
	ticker := time.NewTicker(SampleInterval)
	defer ticker.Stop()
	for now := start; takesTime && now.Before(start.Add(cfg.Interval)); {
		for _, id := range tuned {
			servers, err := d.Servers(id)
			if err != nil {
				return state, err
			}
			state.Sample(id, servers, cfg.Interval, now)
		}
		select {
		case <-ctx.Done():
			return state, context.Cause(ctx)
		case now = <-ticker.C:
		}
	}
	return state, nil
}

// Watch has the meters measure the servers of a table for as long as they
// need, one interval where there are probes.
func (m Meters) Watch(ctx context.Context, cfg Config, table *ipvs.Table) error {
	plan, _ := Step(cfg, State{}, table, nil, time.Time{})
	m.watch(cfg, plan)
	if !cfg.probed(plan) {
		return nil
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(cfg.Interval):
		return nil
	}
}
