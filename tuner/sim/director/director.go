package director

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Options say what kernel is simulated and how it is set. Zero is a kernel of
// today with its defaults.
type Options struct {
	// OverheadFactor is what the kernel multiplies active connections by, as
	// in [ipvs.Director]: 257, or 256 for kernels before the fix that brought
	// that number and other rules for thresholds with it. 0 is 257.
	OverheadFactor uint32
	// Timeouts are those of ipvsadm --set; 0 is the kernel's default of
	// 900 s, 120 s and 300 s.
	Timeouts ipvs.Timeouts
	// ReuseMode is the sysctl conn_reuse_mode.
	ReuseMode ReuseMode
	// ExpireNodest is the sysctl expire_nodest_conn: connections to a deleted
	// real server end with it.
	ExpireNodest bool
	// ExpireQuiescentTemplate is the sysctl expire_quiescent_template: weight
	// 0 ends persistence too.
	ExpireQuiescentTemplate bool
	// Random is what twos draws from, and required by it alone.
	Random *rand.Rand
}

// ReuseMode says what becomes of a new connection from an address and port
// that an old one still has in the table. Persistent services keep the old
// real server in any case.
type ReuseMode int

// The modes, by what they do to new connections.
const (
	Reschedule        ReuseMode = iota // scheduled where the old one is closed: conn_reuse_mode 1, the default
	KeepServer                         // sent to the old server: conn_reuse_mode 0
	RescheduleFinWait                  // scheduled in FIN_WAIT too if servers answer past the director: conn_reuse_mode 2 or 3
)

// Director is a simulated director. Make one with [New]. It is not safe for
// concurrent use.
type Director struct {
	options  Options
	services []*Service
	machines [3]machine // by protocol: TCP, UDP, SCTP
	entries  entries
	rings    rings

	now        time.Duration
	estimateAt time.Duration // when counters are next brought up to date
}

// New returns a director without services.
func New(o Options) (*Director, error) {
	if o.OverheadFactor == 0 {
		o.OverheadFactor = 257
	}
	if o.OverheadFactor != 256 && o.OverheadFactor != 257 {
		return nil, fmt.Errorf("overhead factor %d is neither 256 nor 257", o.OverheadFactor)
	}
	o.Timeouts = withDefaults(o.Timeouts)
	d := &Director{options: o, entries: newEntries(), estimateAt: estimation}
	d.rings.due = math.MaxInt64
	d.machines = newMachines(o.Timeouts, &d.rings)
	return d, nil
}

// withDefaults puts the kernel's timeouts in place of zeros
// (net/netfilter/ipvs/ip_vs_proto_tcp.c, ip_vs_proto_udp.c).
func withDefaults(t ipvs.Timeouts) ipvs.Timeouts {
	or := func(given, usual time.Duration) time.Duration {
		if given == 0 {
			return usual
		}
		return given
	}
	return ipvs.Timeouts{
		TCP:    or(t.TCP, 900*time.Second),
		TCPFin: or(t.TCPFin, 120*time.Second),
		UDP:    or(t.UDP, 300*time.Second),
	}
}

// Service returns the virtual service of that identity, nil without one.
func (d *Director) Service(id ipvs.ServiceID) *Service {
	for _, s := range d.services {
		if s.id == id {
			return s
		}
	}
	return nil
}

var errExists = errors.New("exists already")
