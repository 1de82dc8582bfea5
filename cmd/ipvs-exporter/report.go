package main

import (
	"go.uber.org/zap"

	"github.com/ipvs-autopilot/ipvs-autopilot/collector"
)

// reportTo logs what a read comes to; it is called when that changes.
func reportTo(log *zap.Logger) func(collector.Outcome) {
	return func(o collector.Outcome) {
		fields := []zap.Field{zap.String("netns", o.Netns)}
		if o.Source != "" {
			fields = append(fields, zap.String("source", string(o.Source)))
		}
		if o.Err != nil {
			log.Warn(o.Part+" not readable", append(fields, zap.Error(o.Err))...)
			return
		}
		log.Info(o.Part+" readable", fields...)
	}
}
