package traffic

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"strconv"
	"time"
)

// Distribution says how service times scatter about their mean.
type Distribution string

// The distributions: always the mean, or memoryless.
const (
	Fixed       Distribution = "fixed"
	Exponential Distribution = "exponential"
)

// Settings are what makes a real server fast or slow.
type Settings struct {
	ServiceTime  time.Duration // mean; 0: none at all
	Distribution Distribution  // "": Fixed
	Workers      int           // jobs served at once, the others queue; 0: no limit
	Failing      bool          // jobs are answered by an error at once
}

// check says what of the settings is out of range.
func (s Settings) check() error {
	switch {
	case s.ServiceTime < 0:
		return fmt.Errorf("service_time %s: below 0", s.ServiceTime)
	case s.Workers < 0:
		return fmt.Errorf("workers %d: below 0", s.Workers)
	case s.Distribution != "" && s.Distribution != Fixed && s.Distribution != Exponential:
		return fmt.Errorf("distribution %q: want %s or %s", s.Distribution, Fixed, Exponential)
	}
	return nil
}

// with returns the settings as values change them: service_time as 20ms,
// distribution, workers, failing. What values does not have stays.
func (s Settings) with(values url.Values) (Settings, error) {
	var err error
	for name := range values {
		text := values.Get(name)
		switch name {
		case "service_time":
			s.ServiceTime, err = time.ParseDuration(text)
		case "distribution":
			s.Distribution = Distribution(text)
		case "workers":
			s.Workers, err = strconv.Atoi(text)
		case "failing":
			s.Failing, err = strconv.ParseBool(text)
		default:
			return s, fmt.Errorf("%q: want service_time, distribution, workers or failing", name)
		}
		if err != nil {
			return s, fmt.Errorf("%s %q: %w", name, text, err)
		}
	}
	return s, s.check()
}

// draw returns the service time of one job.
func (s Settings) draw(random *rand.Rand) time.Duration {
	if s.Distribution == Exponential {
		return time.Duration(random.ExpFloat64() * float64(s.ServiceTime))
	}
	return s.ServiceTime
}
