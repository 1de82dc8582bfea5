package sim

import (
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// Result is what a run came to. It tells of the requests that began from
// MeasureFrom on; writes and the series are those of the whole run.
type Result struct {
	Policy tuner.Policy `json:"policy"`
	Seed   uint64       `json:"seed"`

	Requests uint64  `json:"requests"`  // that began
	Answered uint64  `json:"answered"`  // without an error
	Failed   Errors  `json:"failed"`    // by what went wrong
	InFlight uint64  `json:"in_flight"` // at the end
	Latency  Latency `json:"latency"`   // of those answered
	// MeanCostSeconds is the mean over the requests answered and failed, a
	// failed one counting as the client's timeout.
	MeanCostSeconds float64  `json:"mean_cost_seconds"`
	Admitted        Admitted `json:"admitted"`
	MeanInFlight    float64  `json:"mean_in_flight"` // requests, over time; of the whole run

	PeakOpen int `json:"peak_open_connections"` // from connect to close, of the whole run

	// ShareError is the part of the connections that went to another server
	// than the oracle's shares would have sent them to, the mean over the
	// periods.
	ShareError float64 `json:"share_error_ratio"`
	Writes     int     `json:"writes"` // edits of servers, by the policy
	// ShareMoved is the part of the whole that these moved from server to
	// server, by weight, summed up.
	ShareMoved float64 `json:"share_moved"`

	// Settled is the first period from which on the share error stayed at most
	// a tenth, up to the first marked event or the end; -1 is never.
	Settled int `json:"settled"`

	Decisions  []Decision `json:"decisions,omitempty"` // of the tuner's policies, by the first time
	Recoveries []Recovery `json:"recoveries"`          // of the marked events, in order
	Periods    []Period   `json:"periods"`             // of one interval each, or of a few in a long run
}

// Admitted is what thresholds come to: some requests are turned away, for want
// of a real server that is not overloaded, and the others wait less.
type Admitted struct {
	MeanCostSeconds  float64 `json:"mean_cost_seconds"` // of those not turned away
	RefusedRatio     float64 `json:"refused_ratio"`     // part of the requests that was
	UnavoidableRatio float64 `json:"unavoidable_ratio"` // part of them by which the traffic was more than all servers together could do, at each instant
}

// Errors are requests that failed, by what went wrong.
type Errors struct {
	Unserved uint64 `json:"unserved"` // the director had no server
	Refused  uint64 `json:"refused"`  // the server was down
	Reset    uint64 `json:"reset"`    // the server went down meanwhile
	Rejected uint64 `json:"rejected"` // over the server's limit
	Failing  uint64 `json:"failing"`  // the server answered with an error
	Timeout  uint64 `json:"timeout"`  // the client gave up
}

// Sum returns the number of all of them.
func (e Errors) Sum() uint64 {
	return e.Unserved + e.Refused + e.Reset + e.Rejected + e.Failing + e.Timeout
}

// Latency is a distribution of times from request to answer. The quantiles are
// within 0.4 % of the true ones; 0 where nothing was answered.
type Latency struct {
	MeanSeconds float64 `json:"mean_seconds"`
	P50Seconds  float64 `json:"p50_seconds"`
	P95Seconds  float64 `json:"p95_seconds"`
	P99Seconds  float64 `json:"p99_seconds"`
	P999Seconds float64 `json:"p999_seconds"`
}

// Recovery is how long after an event the service was well again: the first of
// three periods in a row whose mean cost was at most one and a half times what
// the oracle's shares promise, or whose share error was at most a tenth and
// failures at most one in a hundred.
type Recovery struct {
	Mark      string  `json:"mark"`
	AtSeconds float64 `json:"at_seconds"`
	Periods   int     `json:"periods"` // 1 is the first whole one after the event; -1 is never, or not before the next mark
	// Settled is the first one from which on the share error stayed at most a
	// tenth, up to the next mark or the end; -1 is never.
	Settled int `json:"settled"`
}

// Period is a part of a run.
type Period struct {
	AtSeconds   float64        `json:"at_seconds"` // when it began
	Seconds     float64        `json:"seconds"`    // how long it was
	Answered    uint64         `json:"answered"`   // requests that were answered in it, without an error
	Failed      uint64         `json:"failed"`     // requests that failed in it
	MeanSeconds float64        `json:"mean_seconds"`
	MaxSeconds  float64        `json:"max_seconds"`
	ShareError  float64        `json:"share_error_ratio"`
	Servers     []ServerPeriod `json:"servers"` // in the scenario's order
}

// ServerPeriod is a real server in a part of a run.
type ServerPeriod struct {
	Server      ipvs.ServerID `json:"server"`
	Weight      uint32        `json:"weight"`       // at the end
	ShareRatio  float64       `json:"share_ratio"`  // of the connections that came
	OracleRatio float64       `json:"oracle_ratio"` // what the oracle would have sent
	Requests    uint64        `json:"requests"`     // finished, failed ones too
	Failed      uint64        `json:"failed"`
	MeanSeconds float64       `json:"mean_seconds"` // of those answered without an error
	Present     uint32        `json:"present"`      // requests there at the end
}
