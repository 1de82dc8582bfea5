package director

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// The chunks of SCTP, by a packet's first one; Data stands for SACK and
// HEARTBEAT too.
const (
	Data Segment = iota
	Init
	InitAck
	CookieEcho
	CookieAck
	Shutdown
	ShutdownAck
	ShutdownComplete
	OperationError
	Abort
)

// newSCTP returns the states of net/netfilter/ipvs/ip_vs_proto_sctp.c. A
// connection is active while established only.
func newSCTP(t ipvs.Timeouts, r *rings) machine {
	const short, long = 4 * time.Second, 61 * time.Second
	states := []stateOf{
		{"none", 2 * time.Second, inactive},
		{"init1", short, inactive},
		{"init", long, inactive},
		{"sent", long, inactive}, // cookie sent by the server
		{"repl", long, inactive}, // cookie replied by the client
		{"wait", long, inactive}, // cookie awaited by the server that opens
		{"cookie", long, inactive},
		{"echoed", long, inactive},
		{"estab", 900 * time.Second, active},
		{"s-sent", long, inactive},
		{"s-recv", long, inactive},
		{"s-ack", long, inactive},
		{"reject", short, inactive},
		{"closed", long, closed},
	}
	return newMachine(Init, states, sctpTransitions, r)
}

// sctpTransitions has a column for each old state and a row for each chunk,
// from the client, from the server, and from the client alone.
const sctpTransitions = `
	estab  init1  init   sent   repl   wait   cookie echoed estab  s-sent s-recv s-ack  reject closed
	init1  init   init   sent   repl   wait   cookie echoed estab  s-sent s-recv s-ack  init   init
	wait   wait   wait   sent   repl   cookie cookie echoed estab  s-sent s-recv s-ack  reject closed
	repl   init   init   repl   repl   wait   cookie echoed estab  s-sent s-recv s-ack  reject closed
	estab  init1  init   sent   repl   wait   cookie estab  estab  s-sent s-recv s-ack  reject closed
	s-recv init1  init   sent   repl   wait   cookie echoed s-recv s-sent s-recv s-ack  reject closed
	closed init   init   sent   repl   wait   cookie echoed estab  closed s-recv closed reject closed
	closed closed closed sent   repl   wait   cookie echoed estab  s-sent s-recv closed reject closed
	closed init1  init   sent   repl   wait   cookie closed estab  s-sent s-recv s-ack  reject closed
	closed closed closed closed closed reject closed closed closed closed closed closed closed closed

	estab  init1  init   sent   repl   wait   cookie echoed estab  s-sent s-recv s-ack  reject closed
	wait   wait   wait   wait   wait   wait   wait   wait   estab  wait   wait   wait   wait   wait
	sent   sent   sent   sent   repl   wait   cookie echoed estab  s-sent s-recv s-ack  reject closed
	echoed echoed echoed echoed echoed echoed echoed echoed estab  s-sent s-recv s-ack  reject closed
	estab  estab  estab  estab  estab  estab  estab  estab  estab  s-sent s-recv s-ack  reject closed
	s-sent s-sent s-sent s-sent s-sent s-sent s-sent s-sent s-sent s-sent s-recv s-ack  reject closed
	s-ack  s-ack  s-ack  s-ack  s-ack  wait   cookie echoed estab  s-ack  s-ack  s-ack  reject closed
	closed init1  init   sent   repl   wait   cookie echoed estab  s-sent s-recv s-ack  reject closed
	closed closed closed closed closed wait   cookie echoed estab  s-sent s-recv s-ack  reject closed
	closed reject closed closed closed closed closed closed closed closed closed closed closed closed

	estab  init1  init   sent   repl   estab  cookie echoed estab  s-sent s-recv s-ack  reject closed
	init1  init   init   init   init   init   cookie echoed estab  s-sent s-recv s-ack  init   init
	echoed echoed echoed echoed echoed echoed cookie echoed estab  s-sent s-recv s-ack  reject closed
	estab  estab  estab  estab  estab  estab  cookie echoed estab  s-sent s-recv s-ack  reject closed
	estab  init1  init   estab  estab  wait   estab  estab  estab  s-sent s-recv s-ack  reject closed
	s-recv init1  init   sent   repl   wait   cookie echoed s-recv s-sent s-recv s-ack  reject closed
	closed init   init   sent   repl   wait   cookie echoed closed closed s-recv closed reject closed
	closed closed closed closed closed wait   cookie echoed estab  s-sent closed closed reject closed
	closed init1  init   sent   repl   wait   cookie echoed estab  s-sent s-recv s-ack  reject closed
	closed closed closed closed closed reject closed closed closed closed closed closed closed closed`
