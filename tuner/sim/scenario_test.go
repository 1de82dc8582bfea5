package sim

import (
	"net/netip"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

func serverID(i int) ipvs.ServerID {
	return ipvs.ServerID{AddrPort: netip.AddrPortFrom(nth(netip.MustParseAddr("10.0.1.1"), uint64(i)), 80)}
}

// scenario returns one with servers of one worker each, with mean service times
// of 10 ms over their speeds.
func scenario(scheduler string, perSecond float64, speeds ...float64) Config {
	c := Config{
		Duration: 200 * time.Second,
		Seed:     1,
		Service: Service{
			ID:        ipvs.AddressService(ipvs.TCP, netip.MustParseAddrPort("10.0.0.1:80")),
			Scheduler: scheduler,
		},
		Traffic: Traffic{Curve: steady(perSecond)},
		Clients: Clients{
			Addresses: Addresses{Prefix: netip.MustParsePrefix("10.2.0.0/16"), Count: 1000},
			Timeout:   10 * time.Second,
		},
		Tuner: Tuner{
			Interval: 10 * time.Second,
			Watch:    tuner.SampleInterval,
			Settings: tuner.DefaultService(),
		},
	}
	for i, speed := range speeds {
		c.Servers = append(c.Servers, Server{ID: serverID(i), Weight: 1, Discipline: FIFO, Workers: 1, Speed: speed,
			ServiceTime: ServiceTime{Distribution: Exponential, Mean: 10 * time.Millisecond}})
	}
	return c
}

// outcome runs a scenario.
func outcome(t testing.TB, c Config, policy tuner.Policy) Result {
	t.Helper()
	r, err := Run(c, policy)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
