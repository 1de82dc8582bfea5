package sim

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/director"
)

// wire sends the packets after the first that change how the director sees a
// connection.
type wire struct {
	director *director.Director
	protocol ipvs.Protocol
}

// request sends what tells the director of a request: for a new connection it
// is also the end of the handshake.
func (w wire) request(now time.Duration, c director.Conn, first bool) director.Verdict {
	switch {
	case w.protocol == ipvs.TCP:
		return w.director.FromClient(now, c, director.ACK)
	case w.protocol == ipvs.SCTP && first:
		w.director.FromServer(now, c, director.InitAck)
		w.director.FromClient(now, c, director.CookieEcho)
		w.director.FromServer(now, c, director.CookieAck)
	case w.protocol == ipvs.UDP && first:
		return director.Forwarded // its first packet was it
	}
	return w.director.FromClient(now, c, director.Data)
}

// leave sends the client's goodbye to a server that does not answer it.
func (w wire) leave(now time.Duration, c director.Conn) {
	switch w.protocol {
	case ipvs.TCP:
		w.director.FromClient(now, c, director.FIN)
	case ipvs.SCTP:
		w.director.FromClient(now, c, director.Shutdown)
	}
}

// close sends the goodbyes of both sides.
func (w wire) close(now time.Duration, c director.Conn) {
	w.leave(now, c)
	switch w.protocol {
	case ipvs.TCP:
		w.director.FromServer(now, c, director.FIN)
	case ipvs.SCTP:
		w.director.FromServer(now, c, director.ShutdownAck)
		w.director.FromClient(now, c, director.ShutdownComplete)
	}
}

// reset sends what a server says that knows of no such connection.
func (w wire) reset(now time.Duration, c director.Conn) {
	switch w.protocol {
	case ipvs.TCP:
		w.director.FromServer(now, c, director.RST)
	case ipvs.SCTP:
		w.director.FromServer(now, c, director.Abort)
	}
}
