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
		{"NO", "none", 2 * time.Second, inactive},
		{"I1", "init1", short, inactive},
		{"IN", "init", long, inactive},
		{"CS", "c-sent", long, inactive},
		{"CR", "c-replied", long, inactive},
		{"CW", "c-wait", long, inactive},
		{"CO", "cookie", long, inactive},
		{"CE", "c-echoed", long, inactive},
		{"ES", "established", 900 * time.Second, active},
		{"SS", "s-sent", long, inactive},
		{"SR", "s-received", long, inactive},
		{"SA", "s-ack-sent", long, inactive},
		{"RJ", "rejected", short, inactive},
		{"CL", "closed", long, closed},
	}
	return newMachine(Init, states, sctpTransitions, r)
}

// sctpTransitions has a column for each old state and a row for each chunk,
// from the client, from the server, and from the client alone.
const sctpTransitions = `
	ES I1 IN CS CR CW CO CE ES SS SR SA RJ CL
	I1 IN IN CS CR CW CO CE ES SS SR SA IN IN
	CW CW CW CS CR CO CO CE ES SS SR SA RJ CL
	CR IN IN CR CR CW CO CE ES SS SR SA RJ CL
	ES I1 IN CS CR CW CO ES ES SS SR SA RJ CL
	SR I1 IN CS CR CW CO CE SR SS SR SA RJ CL
	CL IN IN CS CR CW CO CE ES CL SR CL RJ CL
	CL CL CL CS CR CW CO CE ES SS SR CL RJ CL
	CL I1 IN CS CR CW CO CL ES SS SR SA RJ CL
	CL CL CL CL CL RJ CL CL CL CL CL CL CL CL

	ES I1 IN CS CR CW CO CE ES SS SR SA RJ CL
	CW CW CW CW CW CW CW CW ES CW CW CW CW CW
	CS CS CS CS CR CW CO CE ES SS SR SA RJ CL
	CE CE CE CE CE CE CE CE ES SS SR SA RJ CL
	ES ES ES ES ES ES ES ES ES SS SR SA RJ CL
	SS SS SS SS SS SS SS SS SS SS SR SA RJ CL
	SA SA SA SA SA CW CO CE ES SA SA SA RJ CL
	CL I1 IN CS CR CW CO CE ES SS SR SA RJ CL
	CL CL CL CL CL CW CO CE ES SS SR SA RJ CL
	CL RJ CL CL CL CL CL CL CL CL CL CL CL CL

	ES I1 IN CS CR ES CO CE ES SS SR SA RJ CL
	I1 IN IN IN IN IN CO CE ES SS SR SA IN IN
	CE CE CE CE CE CE CO CE ES SS SR SA RJ CL
	ES ES ES ES ES ES CO CE ES SS SR SA RJ CL
	ES I1 IN ES ES CW ES ES ES SS SR SA RJ CL
	SR I1 IN CS CR CW CO CE SR SS SR SA RJ CL
	CL IN IN CS CR CW CO CE CL CL SR CL RJ CL
	CL CL CL CL CL CW CO CE ES SS CL CL RJ CL
	CL I1 IN CS CR CW CO CE ES SS SR SA RJ CL
	CL CL CL CL CL RJ CL CL CL CL CL CL CL CL`
