package tuner

import (
	"context"
	"time"
)

// Watch samples the virtual services that a configuration tunes for one
// interval, as [Loop] does between two decisions, and returns the state with
// what it saw. It returns at once when there are none.
func Watch(ctx context.Context, d Director, cfg Config, state State) (State, error) {
	table, err := d.Table()
	if err != nil {
		return state, err
	}
	start := time.Now()
	plan, _ := Step(cfg, state, table, nil, start)
	tuned := plan.Tuned()
	ticker := time.NewTicker(SampleInterval)
	defer ticker.Stop()
	for now := start; len(tuned) > 0 && now.Before(start.Add(cfg.Interval)); {
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
