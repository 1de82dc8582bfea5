package tuner

import "time"

// stamp is a time as the state holds it, by the calendar alone: nanoseconds
// since 1970, within farthest of that; 0 is none.
type stamp int64

// farthest keeps the nanoseconds between two stamps within 64 bits.
const farthest = 1 << 62 // 146 years

// stampOf returns the stamp of a time; of one that is farther off, the farthest.
func stampOf(t time.Time) stamp {
	const most = farthest / int64(time.Second)
	switch seconds := t.Unix(); {
	case t.IsZero():
		return 0
	case seconds >= most:
		return farthest
	case seconds <= -most:
		return -farthest
	}
	return stamp(t.UnixNano())
}

// time returns the time, zero where it is none.
func (s stamp) time() time.Time {
	if s == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(s)).UTC()
}

// IsZero reports whether it is none.
func (s stamp) IsZero() bool { return s == 0 }

// sub returns the time from an earlier one to this.
func (s stamp) sub(earlier stamp) time.Duration { return time.Duration(s - earlier) }

// add returns the time so much later.
func (s stamp) add(d time.Duration) stamp { return s + stamp(d) }

// MarshalText returns it as encoding/json has a time.
func (s stamp) MarshalText() ([]byte, error) { return s.time().MarshalText() }

// UnmarshalText reads it so.
func (s *stamp) UnmarshalText(text []byte) error {
	var t time.Time
	err := t.UnmarshalText(text)
	*s = stampOf(t)
	return err
}
