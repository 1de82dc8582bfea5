package tuner

import (
	"maps"
	"slices"

	"go.uber.org/zap"
)

// Absent is a source that was never there, in place of which the next one of each
// list serves.
type Absent struct {
	Source string `json:"source"`
	Why    string `json:"why"`
}

// present returns the configuration without what is absent.
func (l *Loop) present() Config {
	c := l.Config
	for _, a := range l.absent {
		c = c.Without(a.Source)
	}
	return c
}

// noteAbsent takes the errors of sources that are absent out of those given, and
// logs each that is new.
func (l *Loop) noteAbsent(errs map[string]error) {
	before := l.absent
	l.absent = nil
	for _, source := range slices.Sorted(maps.Keys(errs)) {
		err := errs[source]
		if !l.Config.Spares(source, err) {
			continue
		}
		errs[source] = nil
		a := Absent{source, err.Error()}
		l.absent = append(l.absent, a)
		if !slices.Contains(before, a) {
			l.Logger.Info("the next source serves in place of one that is not to be had", zap.String("source", source), zap.Error(err))
		}
	}
}
