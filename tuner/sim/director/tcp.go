package director

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Segment is what a packet says of its connection.
type Segment uint8

// The segments of TCP. A packet with several flags counts by the first of
// RST, SYN, FIN and ACK. SYN and ACK at once is SYN. For UDP take ACK.
const (
	SYN Segment = iota
	FIN
	ACK
	RST
)

// newTCP returns the states of net/netfilter/ipvs/ip_vs_proto_tcp.c. A
// connection is active from its SYN on.
func newTCP(t ipvs.Timeouts, r *rings) machine {
	states := []stateOf{
		{"NO", "none", 2 * time.Second, inactive},
		{"ES", "established", t.TCP, active},
		{"SS", "syn_sent", 120 * time.Second, active},
		{"SR", "syn_recv", 60 * time.Second, active},
		{"FW", "fin_wait", t.TCPFin, finWait},
		{"TW", "time_wait", 120 * time.Second, closed},
		{"CL", "close", 10 * time.Second, closed},
		{"CW", "close_wait", 60 * time.Second, inactive},
		{"LA", "last_ack", 30 * time.Second, inactive},
		{"LI", "listen", 120 * time.Second, inactive},
		{"SA", "synack", 120 * time.Second, active},
	}
	// From the client, from the server, and from the client alone: SYN, FIN,
	// ACK and RST each, in a column for each old state.
	const transitions = `
		SR ES ES SR SR SR SR SR SR SR SR
		CL CW SS TW TW TW CL CW LA LI TW
		ES ES SS ES FW TW CL CW CL LI ES
		CL CL CL SR CL CL CL CL LA LI SR

		SS ES SS SR SS SS SS SS SS LI SR
		TW FW SS TW FW TW CL TW LA LI TW
		ES ES SS ES FW TW CL CW LA ES ES
		CL CL SS CL CL TW CL CL CL CL CL

		SR ES ES SR SR SR SR SR SR SR SR
		CL FW SS TW FW TW CL CW LA LI TW
		ES ES SS ES FW TW CL CW CL LI ES
		CL CL CL SR CL CL CL CL LA LI CL`
	return newMachine(SYN, states, transitions, r)
}

// newUDP returns the one state of net/netfilter/ipvs/ip_vs_proto_udp.c.
func newUDP(t ipvs.Timeouts, r *rings) machine {
	states := []stateOf{{"UD", "udp", t.UDP, inactive}}
	const transitions = `UD UD UD UD   UD UD UD UD   UD UD UD UD`
	return newMachine(SYN, states, transitions, r)
}
