// Package limits reckons the thresholds of real servers: the number of
// connections from which on the director sends a server no more of them, so
// that the clients of a crowd too large wait a bounded time or not at all.
//
// [Settings.Decide] is pure: it is given the time and returns the state for
// the next time.
package limits
