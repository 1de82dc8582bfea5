package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/director"
)

// Run runs a scenario under a policy: one of the tuner's, Equal or Oracle.
func (p *Player) Run(c Config, policy tuner.Policy) (Result, error) {
	if err := c.Check(); err != nil {
		return Result{}, fmt.Errorf("sim: %w", err)
	}
	if !slices.Contains(Policies(), policy) {
		return Result{}, fmt.Errorf("sim: policy %q is not one of %v", policy, Policies())
	}
	r, err := newRun(c, policy)
	if err != nil {
		return Result{}, fmt.Errorf("sim: %w", err)
	}
	r.player = p
	if err := r.play(); err != nil {
		return Result{}, fmt.Errorf("sim: after %v: %w", r.now, err)
	}
	return r.result(), nil
}

// run is a run under way.
type run struct {
	config Config
	policy tuner.Policy
	now    time.Duration

	calendar calendar
	sources  sources
	events   []Event // still to come
	arrivals *arrivals
	visitors visitors

	wire        wire
	service     *director.Service
	servers     []realServer // in the scenario's order
	byNumber    []int32      // the director's numbers of them
	connections connections
	patience    line // connections whose clients wait
	apologies   line // connections that are about to be answered with an error
	timers      heap // connections whose clients think, by nanoseconds

	control control
	player  *Player
	oracle  oracle
	meter   *meter // nil without one
	tally   tally
	series  series
	marks   marks
}

func newRun(c Config, policy tuner.Policy) (*run, error) {
	r := &run{
		config: c, policy: policy, player: new(Player),
		calendar:    newCalendar(sourcesOf(len(c.Servers)).count),
		sources:     sourcesOf(len(c.Servers)),
		events:      sortedEvents(c.Events),
		arrivals:    newArrivals(c.Traffic, c.Seed),
		visitors:    newVisitors(c),
		connections: newConnections(),
		patience:    line{delay: c.Clients.Timeout},
		apologies:   line{delay: min(errorDelay, c.Clients.Timeout)},
		control:     newControl(c, policy),
		tally:       tally{from: c.MeasureFrom},
	}
	for _, s := range c.Servers {
		if policy == Equal && s.Weight > 0 {
			s.Weight = 1
		}
		r.servers = append(r.servers, newRealServer(s, c.Seed))
	}
	r.oracle.shares = make([]float64, len(r.servers))
	if c.Meter != nil {
		r.meter = newMeter(*c.Meter, c.Seed, len(r.servers))
	}
	if err := r.openService(); err != nil {
		return nil, err
	}
	r.schedule()
	return r, nil
}

// openService sets up the director.
func (r *run) openService() error {
	c := r.config.Service
	random := newStream(r.config.Seed, "director")
	d, err := director.New(director.Options{
		OverheadFactor:          c.OverheadFactor,
		Timeouts:                c.Timeouts,
		ExpireQuiescentTemplate: c.ExpireQuiescentTemplate,
		Random:                  rand.New(&random.pcg),
	})
	if err != nil {
		return err
	}
	v := ipvs.VirtualService{ID: c.ID, Scheduler: c.Scheduler, Flags: c.Flags, Persistence: c.Persistence, Netmask: c.Netmask}
	for i := range r.servers {
		if r.servers[i].listed {
			v.Servers = append(v.Servers, r.servers[i].entry(c.Forward))
		}
	}
	if r.service, err = d.AddService(0, v); err != nil {
		return err
	}
	for i := range r.servers {
		r.number(i)
	}
	r.wire = wire{d, protocolOf(c.ID)}
	return nil
}

// entry returns the server as it is added to the director.
func (s *realServer) entry(forward ipvs.Forward) ipvs.RealServer {
	return ipvs.RealServer{ID: s.ID, Forward: forward, Weight: s.Weight,
		UpperThreshold: s.UpperThreshold, LowerThreshold: s.LowerThreshold}
}

// number notes the director's number of a server.
func (r *run) number(server int) {
	if n := r.service.Number(r.servers[server].ID); n >= 0 {
		r.byNumber = append(r.byNumber, make([]int32, max(0, n+1-len(r.byNumber)))...)
		r.byNumber[n] = int32(server)
	}
}

// protocolOf returns the protocol that a service is simulated with.
func protocolOf(id ipvs.ServiceID) ipvs.Protocol {
	if id.Mark != 0 {
		return ipvs.TCP
	}
	return id.Protocol
}
