//go:build lab

package e2e

import "testing"

// While a state cannot be saved or the director cannot be read, no weight is
// written there, and one line says why. Once it is over the tuner goes on. All
// tuners have their faults at the same time, one each in a network namespace of
// its own.
func TestGoesOnAfterFaults(t *testing.T) {
	states, refused := unsavedStates(t), refused(t)
	endure(t, append(states, refused)...)
	refused.expectOneRefusal()
	states[len(states)-1].expectFolder()
}
