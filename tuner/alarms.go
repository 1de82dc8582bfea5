package tuner

import (
	"errors"
	"maps"

	"go.uber.org/zap"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// task is something that the loop does again and again.
type task struct {
	what    string         // as "read the table"
	netns   string         // "" is the program's own, or where it concerns none
	service ipvs.ServiceID // zero where it concerns none
	server  ipvs.ServerID  // zero where it concerns none
	foreign bool           // its errors are in somebody else's words
}

// whatTune is the task of deciding on a virtual service.
const whatTune = "tune"

// alarms logs an error when a task begins to fail and when it works again, not
// each time that it fails.
type alarms struct {
	logger  *zap.Logger
	failing map[task]error // as each last did
}

func newAlarms(logger *zap.Logger) *alarms {
	return &alarms{logger: logger, failing: make(map[task]error)}
}

// note takes the outcome of a task.
func (a *alarms) note(t task, err error) {
	_, failing := a.failing[t]
	switch {
	case err != nil:
		a.failing[t] = err
		if !failing {
			a.logger.Error(t.what, append(t.fields(), zap.Error(err))...)
		}
	case failing:
		delete(a.failing, t)
		a.logger.Info(t.what+": works again", t.fields()...)
	}
}

// ofDirector reports whether an error is of all that could be done with a
// director, and of no service in particular.
func ofDirector(err error) bool {
	return errors.Is(err, ipvs.ErrNotSupported) || errors.Is(err, ipvs.ErrNotPermitted) || errors.Is(err, ipvs.ErrNoNetns)
}

// forget drops the tasks of namespaces and services that keep does not tell to
// keep.
func (a *alarms) forget(keep func(task) bool) {
	maps.DeleteFunc(a.failing, func(t task, _ error) bool {
		return (t.netns != "" || t.service != ipvs.ServiceID{}) && !keep(t)
	})
}

func (t task) fields() []zap.Field {
	var fields []zap.Field
	if t.netns != "" {
		fields = append(fields, zap.String("netns", t.netns))
	}
	if (t.service != ipvs.ServiceID{}) {
		fields = append(fields, zap.Stringer("service", t.service))
	}
	if (t.server != ipvs.ServerID{}) {
		fields = append(fields, zap.Stringer("server", t.server))
	}
	return fields
}
