// Package status shows what the tuner sees and does, as a page for a browser and
// as JSON. A [Board] keeps what a [tuner.Loop] tells, with an hour of history in
// bounded memory; [Board.Handler] serves it. Nothing is changed through it.
package status
