package tuner

import (
	"context"
	"time"
)

// Watch samples the virtual services that a configuration tunes in the network
// namespaces for one interval, as [Loop] does between two decisions, and
// returns the states with what it saw. The meters watch meanwhile, and are to
// be asked then. It returns at once where no source takes time.
func Watch(ctx context.Context, found []Netns, meters Meters, c Config, states States) (States, error) {
	start := time.Now()
	turns, err := firstTurns(c, found)
	if err != nil {
		return states, err
	}
	meters.watch(turns)
	states = states.clone()
	takesTime := takeTime(turns)
	for _, t := range turns {
		takesTime = takesTime || len(t.sampled) > 0
	}
	ticker := time.NewTicker(SampleInterval)
	defer ticker.Stop()
	for now := start; takesTime && now.Before(start.Add(c.Interval)); {
		for _, t := range turns {
			if err := t.sample(states, now); err != nil {
				return states, err
			}
		}
		select {
		case <-ctx.Done():
			return states, context.Cause(ctx)
		case now = <-ticker.C:
		}
	}
	return states, nil
}

// firstTurns decides on nothing but the tables, to know what to watch.
func firstTurns(c Config, found []Netns) ([]turn, error) {
	var turns []turn
	for _, n := range found {
		t, _, err := n.turn(c, State{}, nil, time.Time{})
		if err != nil {
			return nil, err
		}
		turns = append(turns, t)
	}
	return turns, nil
}

// sample takes one reading of each service that is tuned by the director's
// counters.
func (t *turn) sample(states States, now time.Time) error {
	state := states[t.File]
	for _, id := range t.sampled {
		servers, err := t.Director.Servers(id)
		if err != nil {
			return err
		}
		state.Sample(id, servers, t.config.Interval, now)
	}
	states[t.File] = state
	return nil
}

// Watch has the meters measure the servers of the network namespaces' tables
// for as long as they need, one interval where that is any time.
func (m Meters) Watch(ctx context.Context, c Config, found []Netns) error {
	turns, err := firstTurns(c, found)
	if err != nil {
		return err
	}
	m.watch(turns)
	if !takeTime(turns) {
		return nil
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(c.Interval):
		return nil
	}
}
