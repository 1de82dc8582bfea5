package sim

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Event is something that happens to a server. Events of one instant happen in
// the order in which they are listed, before anything else at that instant.
type Event struct {
	At     time.Duration
	Server ipvs.ServerID
	Action Action

	Speed  float64       // of ChangeSpeed, Recover and Join: a factor on the server's speed; 0 is 1
	Over   time.Duration // of ChangeSpeed, Recover and Join: see there
	Errors float64       // of Fail: part of the requests
	Weight uint32        // of SetWeight

	// Mark names the event; the result says how long after it the service was
	// well again. "" is no mark.
	Mark string
}

// Action is what happens to a server.
type Action string

// The actions.
const (
	ChangeSpeed Action = "speed"   // the speed becomes Speed, gradually over Over
	Crash       Action = "crash"   // drops its connections, refuses new ones
	Hang        Action = "hang"    // accepts connections, works no more
	Fail        Action = "fail"    // answers the part Errors of new requests with an error at once
	Recover     Action = "recover" // ends Crash, Hang and Fail; warms up from Speed to 1 over Over
	Join        Action = "join"    // is added to the director with its weight; warms up as Recover
	Leave       Action = "leave"   // is deleted from the director; finishes what it has
	SetWeight   Action = "weight"  // an operator edits the weight
	CheckDown   Action = "down"    // a health checker sets the weight to 0
	CheckUp     Action = "up"      // the checker puts back the weight that it found
)
