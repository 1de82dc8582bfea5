// Package scaling reckons how many real servers a virtual service needs, for
// whatever adds and removes them.
//
// [Settings.Advise] is pure: it is given the time and returns the state for
// the next time.
package scaling
