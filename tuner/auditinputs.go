package tuner

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// inputs are what the decisions of one turn were made of, kept until they are
// carried out.
type inputs struct {
	table        *ipvs.Table
	state        State
	observations []Observation
}

// digest returns the SHA-256 of what a decision on a virtual service was made
// of, in hexadecimal: of the service and its servers in the table, its
// observations, and what the state file has of it. It is taken once the service
// is known to change, so that others cost nothing. Equal inputs have equal
// digests under one version of the program.
func (in *inputs) digest(id ipvs.ServiceID) string {
	text := stateWriter{}
	text.service(in.state.Services[id])
	text.value(in.state.Baseline[id])
	b := append(text.text, '\n')
	for i := range in.table.Services {
		if v := &in.table.Services[i]; v.ID == id {
			b = appendService(b, v)
		}
	}
	for _, o := range in.observed(id) {
		b = o.appendTo(b)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// observed returns the observations of a virtual service, by server.
func (in *inputs) observed(id ipvs.ServiceID) []Observation {
	var of []Observation
	for i := range in.observations {
		if o := &in.observations[i]; o.Service == id {
			of = append(of, *o)
		}
	}
	slices.SortStableFunc(of, func(a, b Observation) int { return a.Server.Compare(b.Server) })
	return of
}

func appendService(b []byte, v *ipvs.VirtualService) []byte {
	b = append(append(b, v.ID.String()...), ' ')
	b = append(append(b, v.Scheduler...), ' ')
	b = append(b, v.Netmask.String()...)
	b = appendNumbers(b, uint64(v.Flags), uint64(v.Persistence))
	for i := range v.Servers {
		s := &v.Servers[i]
		b = s.ID.AppendTo(b)
		b = appendNumbers(b, uint64(s.Forward), uint64(s.Weight), uint64(s.UpperThreshold), uint64(s.LowerThreshold),
			uint64(s.ActiveConnections), uint64(s.InactiveConnections), uint64(s.PersistentConnections), s.Stats.Connections,
			s.Stats.IncomingPackets, s.Stats.OutgoingPackets, s.Stats.IncomingBytes, s.Stats.OutgoingBytes)
	}
	return b
}

func appendNumbers(b []byte, numbers ...uint64) []byte {
	for _, n := range numbers {
		b = strconv.AppendUint(append(b, ' '), n, 10)
	}
	return append(b, '\n')
}

// appendTo appends the observation as a line. It comes from outside and may have
// any numbers, which JSON cannot tell.
func (o *Observation) appendTo(b []byte) []byte {
	b = append(append(b, o.Source...), ' ')
	b = append(o.Server.AppendTo(b), ' ')
	b = append(append(b, o.Estimator...), ' ')
	b = o.Time.AppendFormat(b, time.RFC3339Nano)
	for _, number := range []*float64{o.WindowSeconds, o.LatencySeconds, o.SuccessLatencySeconds, o.LatencyStandardErrorSeconds, o.RequestsPerSecond, o.ErrorRatio} {
		if b = append(b, ' '); number != nil {
			b = strconv.AppendFloat(b, *number, 'g', -1, 64)
		}
	}
	return append(b, '\n')
}
