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
		{"none", 2 * time.Second, inactive},
		{"estab", t.TCP, active},
		{"s-sent", 120 * time.Second, active},
		{"s-recv", 60 * time.Second, active},
		{"fin-w", t.TCPFin, finWait},
		{"time-w", 120 * time.Second, closed},
		{"close", 10 * time.Second, closed},
		{"clo-w", 60 * time.Second, inactive},
		{"l-ack", 30 * time.Second, inactive},
		{"listen", 120 * time.Second, inactive},
		{"synack", 120 * time.Second, active},
	}
	// Each column is an old state; the rows are SYN, FIN, ACK and RST.
	const transitions = `
		s-recv estab  estab  s-recv s-recv s-recv s-recv s-recv s-recv s-recv s-recv
		close  clo-w  s-sent time-w time-w time-w close  clo-w  l-ack  listen time-w
		estab  estab  s-sent estab  fin-w  time-w close  clo-w  close  listen estab
		close  close  close  s-recv close  close  close  close  l-ack  listen s-recv

		s-sent estab  s-sent s-recv s-sent s-sent s-sent s-sent s-sent listen s-recv
		time-w fin-w  s-sent time-w fin-w  time-w close  time-w l-ack  listen time-w
		estab  estab  s-sent estab  fin-w  time-w close  clo-w  l-ack  estab  estab
		close  close  s-sent close  close  time-w close  close  close  close  close

		s-recv estab  estab  s-recv s-recv s-recv s-recv s-recv s-recv s-recv s-recv
		close  fin-w  s-sent time-w fin-w  time-w close  clo-w  l-ack  listen time-w
		estab  estab  s-sent estab  fin-w  time-w close  clo-w  close  listen estab
		close  close  close  s-recv close  close  close  close  l-ack  listen close`
	return newMachine(SYN, states, transitions, r)
}

// newUDP returns the one state of net/netfilter/ipvs/ip_vs_proto_udp.c.
func newUDP(t ipvs.Timeouts, r *rings) machine {
	states := []stateOf{{"udp", t.UDP, inactive}}
	const transitions = `
		udp udp udp udp
		udp udp udp udp
		udp udp udp udp`
	return newMachine(SYN, states, transitions, r)
}
