package tuner

import (
	"cmp"
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

// noteAbsent notes whether a source is absent, and why. That is logged once.
func (l *Loop) noteAbsent(source string, absent bool, err error) {
	i, known := slices.BinarySearchFunc(l.absent, source, func(a Absent, source string) int { return cmp.Compare(a.Source, source) })
	switch {
	case absent && !known:
		l.Logger.Info("the next source serves in place of one that is not to be had", zap.String("source", source), zap.Error(err))
		l.absent = slices.Insert(slices.Clip(l.absent), i, Absent{source, err.Error()})
	case absent:
		l.absent = slices.Clone(l.absent) // reports have the one before
		l.absent[i].Why = err.Error()
	case known:
		l.absent = slices.Delete(slices.Clone(l.absent), i, i+1)
	}
}
