package tuner

import (
	"fmt"
	"math"
	"time"
)

// Reason says for people how a real server looks. It is made of numbers, which
// become words when somebody reads them.
type Reason struct {
	looks looks
	ratio float32 // to the mean of what is compared; 1 is not plainly another

	latency   float32 // seconds; 0 is not known
	perSecond float32 // requests that it bears, or connections that come though it is idle
	busy      float32 // part of them that it is to get

	source  string // that says so; "" is the director
	besides string // what else is to be said
}

// looks is how a real server looks.
type looks uint8

const (
	looksQuiescent looks = iota
	looksUnobserved
	looksIdle
	looksObserved
	looksFailing
	looksHanging
	looksFalling // behind
	looksOut
	looksBack
	looksJoined
	looksBearing // so much
	looksInLatency
	looksInOverhead
)

// String returns the reason in words.
func (r Reason) String() string {
	return r.whole() + r.besides
}

func (r Reason) whole() string {
	switch r.looks {
	case looksQuiescent, looksUnobserved, looksJoined, looksHanging, looksOut, looksBack:
		return r.short()
	case looksIdle:
		return r.idle()
	case looksBearing:
		bears := fmt.Sprintf("bears about %s, gets %.0f %% of it", perSecondText(float64(r.perSecond)), 100*r.busy)
		if r.latency == 0 {
			return bears
		}
		return "answers in " + secondsText(float64(r.latency)) + r.accordingTo() + ", " + bears
	}
	return r.short() + r.accordingTo()
}

// MarshalText returns the reason in words.
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// inTable returns the reason without what a table of servers has in columns.
func (r Reason) inTable() string { return r.short() + r.besides }

// short returns the reason without numbers of its own, and without the source.
func (r Reason) short() string {
	switch r.looks {
	case looksUnobserved:
		return "is not observed, keeps its share"
	case looksIdle:
		return "is idle, keeps its share"
	case looksObserved:
		return "is observed"
	case looksFailing:
		return "fails its requests"
	case looksHanging:
		return "accepts connections and ends none"
	case looksOut:
		return "is ejected"
	case looksBack:
		return "was ejected, is tried again"
	case looksFalling:
		return "falls behind"
	case looksJoined:
		return "has joined, begins with a tenth"
	case looksBearing:
		return fmt.Sprintf("gets %.0f %% of what it bears", 100*r.busy)
	case looksInLatency:
		return r.against("is about as fast as the mean", "needs %.2f times the mean latency")
	case looksInOverhead:
		return r.against("has about the mean overhead", "has %.2f times the mean overhead")
	}
	return "is quiescent, left alone"
}

// idle says so of a server, and of connections that come to it all the same.
func (r Reason) idle() string {
	text := "is idle" + r.accordingTo()
	if r.perSecond > 0 {
		text += ", though " + perSecondText(float64(r.perSecond)) + " come"
	}
	return text + ", keeps its share"
}

func (r Reason) against(equal, other string) string {
	if r.ratio == 1 {
		return equal
	}
	return fmt.Sprintf(other, r.ratio)
}

// tells reports whether the reason is one for another share.
func (r Reason) tells() bool {
	switch r.looks {
	case looksFailing, looksHanging, looksFalling:
		return true
	case looksInLatency, looksInOverhead:
		return r.ratio != 1
	}
	return false
}

// accordingTo names a source that is not the director.
func (r Reason) accordingTo() string {
	if r.source == "" {
		return ""
	}
	return " according to " + r.source
}

// secondsText returns a latency with three digits or so.
func secondsText(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	}
	return d.Round(10 * time.Nanosecond).String()
}

// perSecondText returns a rate with two digits, or to a whole number.
func perSecondText(rate float64) string {
	digits := 0
	if rate < 10 && rate > 0 {
		digits = 1
	}
	if rate >= 100 {
		unit := math.Pow(10, math.Floor(math.Log10(rate))-1)
		rate = math.Round(rate/unit) * unit
	}
	return fmt.Sprintf("%.*f/s", digits, rate)
}
