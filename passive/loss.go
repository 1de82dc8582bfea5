package passive

import "cmp"

// Reason is why an answer of a server, or a connection to one, was not timed.
type Reason uint32

// The reasons, by the numbers that the program has for them.
const (
	NotSeen         Reason = 1 + iota // the connection is older than the meter, or was dropped for newer ones
	SYNRepeated                       // which of a client's SYNs the server answered is not known
	NoTimestamps                      // the client's packets have none
	Clock                             // the server's timestamps cannot be milliseconds since its SYN-ACK
	Old                               // the connection is so old that the clocks may have parted
	RequestRepeated                   // the client repeated a part of its request, or over UDP sent it before the answer to another
	Reset                             // client or server gave the connection up
	Closed                            // the server closed the connection without an answer
	NoRoom                            // for another real server
	Unchecked                         // the SYN-ACK may have been late: the client was nearer by 10 ms in other connections, or there were too few
)

// Reasons returns all of them.
func Reasons() []Reason {
	return []Reason{NotSeen, SYNRepeated, NoTimestamps, Clock, Old, RequestRepeated, Reset, Closed, NoRoom, Unchecked}
}

// String returns not_seen, syn_repeated, no_timestamps, clock, old,
// request_repeated, reset, closed, no_room or unchecked.
func (r Reason) String() string {
	return [...]string{
		"", "not_seen", "syn_repeated", "no_timestamps", "clock", "old", "request_repeated", "reset", "closed", "no_room", "unchecked",
	}[r]
}

// Loss is how often something was not timed.
type Loss struct {
	Netns  uint32 // inode number of the network namespace
	Reason Reason
	Times  uint64
}

func (l Loss) compare(o Loss) int {
	return cmp.Or(cmp.Compare(l.Netns, o.Netns), cmp.Compare(l.Reason, o.Reason))
}
