package tuner

import (
	"errors"

	"go.uber.org/zap"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// apply writes the weights that the plan changes, in its order, and reports
// whether all of them could be written. Where one could not, the others are
// written all the same, and the plan is changed to say so.
func (l *Loop) apply(plan Plan) bool {
	done := true
	for _, service := range plan.Services {
		for i := range service.Servers {
			s := &service.Servers[i]
			if l.DryRun || s.Weight == s.PreviousWeight {
				continue
			}
			if err := l.write(service.Service, *s); err != nil {
				s.Weight = s.PreviousWeight
				s.Reason += "; not written: " + err.Error()
				done = false
			}
		}
	}
	return done
}

// write sets the weight of one server.
func (l *Loop) write(service ipvs.ServiceID, s ServerPlan) error {
	written, err := l.Director.EditServer(service, s.Server, ipvs.Edit{Weight: &s.Weight})
	l.alarms.note(task{what: "write the weight", service: service, server: s.Server}, err)
	switch {
	case err != nil:
		l.Metrics.writeFailed()
	case written:
		l.Metrics.wrote()
		l.Logger.Info("weight written", zap.Stringer("service", service), zap.Stringer("server", s.Server),
			zap.Uint32("from", s.PreviousWeight), zap.Uint32("to", s.Weight), zap.String("reason", s.Reason))
	}
	return err
}

// skipped returns the reason of a skipped service as an error, else nil.
func (p *ServicePlan) skipped() error {
	if p.Action != Skip {
		return nil
	}
	return errors.New(p.Reason)
}
