package tuner

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// row goes through what is known of a real server, value by value, to write it
// as one JSON array into the state file or to read it from there.
type row struct {
	doing  doing
	text   []byte // written up to now, or still to be read
	end    int    // of what was written up to the last value that is not zero
	moment stamp  // to which the others are relative
	bad    string // a value that cannot be read, or ""
}

type doing int

const (
	writing doing = iota
	reading
)

// values goes through a server's state. Those that are rarely there are the
// last, since zeros at the end are left out.
func (r *row) values(s *serverState) {
	w := &s.Window
	r.identity(&s.ID)
	r.first(&w.Time)
	r.count(&w.Active)
	r.count(&w.First)
	r.mark(&w.To)
	r.time(&w.From.Time)
	r.since(&w.From.Connections, w.To.Connections)
	r.samples(&w.Samples)
	r.number(&w.Seconds)
	r.number(&w.ActiveSeconds)
	r.number(&w.SquareSeconds)
	r.whole(&s.Share)
	r.number(&s.Estimate.LogLatency)
	r.variance(&s.Estimate.Variance)
	for i := range s.Belief.Means {
		r.decimals(&s.Belief.Means[i], meanParts)
	}
	for i := range s.Belief.Chances {
		r.decimals(&s.Belief.Chances[i], chanceParts)
	}
	r.decimals(&s.Belief.Variance, varianceParts)
	r.time(&s.Glance.Time)
	r.since(&s.Glance.Connections, w.To.Connections)
	r.count(&s.Glance.Active)
	r.count(&s.Glance.Inactive)
	r.time(&s.ObservedAt)
	r.word(&s.Source)
	r.count(&s.Aim)
	r.bytes(&s.Came)
	r.number(&s.Luck)
	r.truth(&s.Estimate.Surprised)
	r.truth(&s.Failing)
	r.truth(&s.Joined)
	r.time(&s.ErrorsAt)
	r.clock(&s.Limit.Time)
	r.count(&s.Limit.Inactive)
	r.whole(&s.Limit.Active)
	r.whole(&s.Limit.Growth)
	r.clock(&s.Limit.PressedAt)
	r.time(&s.Pile.Since)
	r.count(&s.Pile.Active)
	r.whole(&s.Pile.Expected)
	r.time(&s.Outage.Since)
	r.whole(&s.Outage.Periods)
	r.time(&s.Hangs)
	r.truth(&s.Ends)
	r.truth(&s.Relieved)
}

// round rounds what is known of a server to what the file has: a state is the
// same whether or not it was in a file meanwhile.
func (s *serverState) round() {
	w, e, b := &s.Window, &s.Estimate, &s.Belief
	for _, v := range [...]*float64{&w.Seconds, &w.ActiveSeconds, &w.SquareSeconds, &e.LogLatency, &s.Luck} {
		*v = float64(float32(*v))
	}
	if e.Variance > 0 { // 0 is none
		e.Variance = float64(max(1/varianceParts, rounded(float32(e.Variance), varianceParts)))
	}
	b.Variance = rounded(b.Variance, varianceParts)
	for i := range b.Means {
		b.Means[i] = rounded(b.Means[i], meanParts)
		b.Chances[i] = rounded(b.Chances[i], chanceParts)
	}
}

func (s *serviceState) round() {
	for i := range s.Servers {
		s.Servers[i].round()
	}
	for i := range s.Out {
		s.Out[i].round()
	}
}

// appendRow appends the server's line.
func (s *serverState) appendRow(text []byte) ([]byte, error) {
	r := row{doing: writing, text: append(text, '[')}
	r.values(s)
	if r.bad != "" {
		return nil, fmt.Errorf("real server %s: %s", s.ID, r.bad)
	}
	return append(r.text[:r.end], ']'), nil
}

func (r *row) identity(id *ipvs.ServerID) {
	switch r.doing {
	case writing:
		r.text = append(id.AppendTo(append(r.text, '"')), '"')
		r.end = len(r.text)
	case reading:
		if text := r.quoted(); r.bad == "" {
			r.check(id.UnmarshalText(text))
		}
	}
}

func (r *row) mark(m *mark) {
	r.time(&m.Time)
	r.long(&m.Connections)
}

// first is the time to which the others are relative: nanoseconds since 1970.
func (r *row) first(t *stamp) {
	r.moment = 0
	r.time(t)
	if !t.IsZero() {
		r.moment = *t
	}
}

// time is null where it is none, and else nanoseconds from the first.
func (r *row) time(t *stamp) {
	switch {
	case r.doing == writing && t.IsZero():
		r.text = append(r.text, ",null"...)
	case r.doing == writing:
		r.text = strconv.AppendInt(append(r.text, ','), int64(*t-r.moment), 10)
		r.end = len(r.text)
	case r.doing == reading:
		r.readTime(t)
	}
}

func (r *row) readTime(t *stamp) {
	text := r.next()
	if *t = 0; len(text) == 0 || string(text) == "null" {
		return
	}
	d, err := strconv.ParseInt(string(text), 10, 64)
	r.check(err)
	if *t = r.moment + stamp(d); *t > farthest || *t < -farthest || (*t < r.moment) != (d < 0) {
		r.check(fmt.Errorf("%d is too long a time", d))
	}
}

// clock is a time that is no stamp.
func (r *row) clock(t *time.Time) {
	s := stampOf(*t)
	r.time(&s)
	*t = s.time()
}

// number has the precision of a float32.
func (r *row) number(v *float64) {
	short := float32(*v)
	r.short(&short)
	if r.doing == reading {
		*v = float64(short)
	}
}

func (r *row) short(v *float32) {
	wide := float64(*v)
	r.float(&wide, 32)
	*v = float32(wide)
}

// whole has all digits: of what may change without a step, or is compared.
func (r *row) whole(v *float64) { r.float(v, 64) }

func (r *row) float(v *float64, bits int) {
	switch r.doing {
	case writing:
		r.text = append(r.text, ',')
		if n := int32(*v); float64(n) == *v && n < 1<<24 && n > -1<<24 {
			r.text = strconv.AppendInt(r.text, int64(n), 10)
		} else {
			r.text = strconv.AppendFloat(r.text, *v, 'g', -1, bits)
		}
		if math.IsNaN(*v) || math.IsInf(*v, 0) {
			r.check(fmt.Errorf("%v cannot be written", *v))
		}
		if *v != 0 {
			r.end = len(r.text)
		}
	case reading:
		*v = 0
		if text := r.next(); len(text) > 0 {
			var err error
			*v, err = strconv.ParseFloat(string(text), bits)
			r.check(err)
		}
	}
}

// decimals is a whole number of a part of one.
func (r *row) decimals(v *float32, parts float64) {
	if r.doing == reading {
		var n int64
		r.integer(&n)
		*v = ofParts(n, parts)
		return
	}
	n := inParts(*v, parts)
	r.integer(&n)
}

func (r *row) variance(v *float64) {
	short := float32(*v)
	r.decimals(&short, varianceParts)
	if r.doing == reading {
		*v = float64(short)
	}
}

// Parts of one in which values are whole numbers.
const meanParts, chanceParts, varianceParts = 1e5, 1e6, 1e9

func rounded(v float32, parts float64) float32 { return ofParts(inParts(v, parts), parts) }

func inParts(v float32, parts float64) int64 { return int64(math.RoundToEven(float64(v) * parts)) }

func ofParts(n int64, parts float64) float32 { return float32(float64(n) / parts) }

func (r *row) integer(v *int64) {
	switch r.doing {
	case writing:
		r.text = strconv.AppendInt(append(r.text, ','), *v, 10)
		if *v != 0 {
			r.end = len(r.text)
		}
	case reading:
		*v = 0
		if text := r.next(); len(text) > 0 {
			var err error
			*v, err = strconv.ParseInt(string(text), 10, 64)
			r.check(err)
		}
	}
}
