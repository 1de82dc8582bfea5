package probe

import (
	"context"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

func newTCP(config tuner.Probe, dial dial) *Prober {
	return start(config, func(ctx context.Context, s *subject) error {
		c, err := dial(ctx, s.address)
		if err != nil {
			return err
		}
		_ = c.Close() // it has been accepted
		return nil
	})
}
