package tuner

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
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
// of, in hexadecimal: of the service as Table JSON has it, its observations, and
// what the state file has of it. It is taken once the service is known to
// change, so that others cost nothing.
func (in *inputs) digest(id ipvs.ServiceID) string {
	hash := sha256.New()
	for i := range in.table.Services {
		if v := &in.table.Services[i]; v.ID == id {
			_ = json.NewEncoder(hash).Encode(tableServiceOf(*v)) // plain values, which can be written
		}
	}
	in.observed(id, hash)
	var known stateWriter
	known.service(in.state.Services[id])
	known.value(in.state.Baseline[id])
	_, _ = hash.Write(known.text)
	return hex.EncodeToString(hash.Sum(nil))
}

// observed writes the observations of a virtual service, by server, a line each.
// They come from outside and may be any numbers, which JSON cannot tell.
func (in *inputs) observed(id ipvs.ServiceID, w io.Writer) {
	var of []Observation
	for i := range in.observations {
		if o := &in.observations[i]; o.Service == id {
			of = append(of, *o)
		}
	}
	slices.SortStableFunc(of, func(a, b Observation) int { return a.Server.Compare(b.Server) })
	for _, o := range of {
		fmt.Fprint(w, o.Source, " ", o.Server, " ", o.Time.Format(time.RFC3339Nano))
		for _, number := range []*float64{o.WindowSeconds, o.LatencySeconds, o.SuccessLatencySeconds, o.RequestsPerSecond, o.ErrorRatio} {
			if number == nil {
				fmt.Fprint(w, " -")
				continue
			}
			fmt.Fprint(w, " ", *number)
		}
		fmt.Fprintln(w)
	}
}
