package tuner

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// choices turns bytes into decisions; when they run out, all are the first one.
type choices struct{ left []byte }

func (c *choices) n(n int) int {
	if len(c.left) == 0 {
		return 0
	}
	b := c.left[0]
	c.left = c.left[1:]
	return int(b) % n
}

func (c *choices) bits() uint64 {
	var b [8]byte
	n := copy(b[:], c.left)
	c.left = c.left[n:]
	return binary.LittleEndian.Uint64(b[:])
}

func pick[T any](c *choices, from ...T) T { return from[c.n(len(from))] }

// measurement is one of the usual ones, now and then nothing, or what no meter
// should give.
func (c *choices) measurement(usual ...float64) *float64 {
	switch c.n(12) {
	case 1:
		return nil
	case 2:
		return new(pick(c, 0, -1, 0.11, 1e-9, 5e-324, 1e-300, 86400, 1e9, 1e308,
			math.Inf(1), math.Inf(-1), math.NaN(), math.Float64frombits(c.bits())))
	}
	return new(pick(c, usual...))
}

func (c *choices) observation(now time.Time) Observation {
	o := Observation{
		Service:           plantService,
		Server:            plantServer(c.n(6)),
		Source:            pick(c, "", "prom", "probe"),
		LatencySeconds:    c.measurement(0.1, 0.01, 0.09, 0.11, 3),
		RequestsPerSecond: c.measurement(100, 1, 30, 1000),
	}
	switch c.n(12) {
	case 1:
		o.Service = pick(c, ipvs.ServiceID{}, ipvs.MarkService(ipvs.IPv4, 7))
	case 2:
		o.Server = ipvs.ServerID{}
	case 3:
		o.Source = "nobody"
	case 4:
		o.Time = now.Add(pick(c, -time.Second, -time.Hour, -365*24*time.Hour, time.Second, time.Hour, 365*24*time.Hour))
	case 5:
		o.WindowSeconds = c.measurement(10, 1, 300)
	case 6:
		o.SuccessLatencySeconds = c.measurement(0.1, 5)
	case 7:
		o.ErrorRatio = c.measurement(0, 0.05, 0.5, 1)
	}
	return o
}

func (c *choices) number() uint32 {
	return pick(c, 1, 20, 10, 100, 0, uint32(c.n(256)), 65535, 65536, math.MaxInt32)
}

func (c *choices) counter(before uint64) uint64 {
	switch c.n(12) {
	case 1:
		return before
	case 2:
		return pick(c, before-1000, 0, math.MaxUint64, c.bits())
	}
	return before + 10*uint64(c.n(256))
}

// next has every server change in some way.
func (c *choices) next(v *ipvs.VirtualService) {
	for len(v.Servers) > 0 && c.n(32) == 1 {
		v.Servers = v.Servers[1:]
	}
	for len(v.Servers) < 5 && c.n(4) > 0 {
		id := plantServer(c.n(6))
		if !slices.ContainsFunc(v.Servers, func(s ipvs.RealServer) bool { return s.ID == id }) {
			v.Servers = append(v.Servers, ipvs.RealServer{ID: id, Weight: 1})
		}
	}
	for i := range v.Servers {
		s := &v.Servers[i]
		if c.n(16) == 1 {
			s.Weight = c.number()
		}
		s.ActiveConnections, s.InactiveConnections, s.PersistentConnections = c.number(), c.number(), c.number()
		s.UpperThreshold = c.number()
		s.LowerThreshold = min(c.number(), s.UpperThreshold) // the kernel takes no others
		s.Stats.Connections = c.counter(s.Stats.Connections)
	}
}

func (c *choices) clock(now time.Time) time.Time {
	if c.n(4) != 1 {
		return now.Add(10 * time.Second)
	}
	const year = 365 * 24 * time.Hour
	return now.Add(pick(c, 0, time.Nanosecond, time.Second, 5*time.Minute, time.Hour, -time.Hour, year, -year, math.MaxInt64))
}

func (c *choices) config() Config {
	cfg := withSource(pick(c, "kernel", "prom"), pick(c, "kernel", "probe", "prom"))
	s := &cfg.Services[0]
	s.Policy = pick(c, append([]Policy{Optimize, Optimize}, Policies()...)...)
	s.Weights = Weights{Min: pick(c, uint32(1), 10, 65535), Max: pick(c, uint32(1000), 65535), MaxChangeRatio: pick(c, 0.3, 1, 1e-9)}
	s.Weights.Max = max(s.Weights.Min, s.Weights.Max)
	return cfg
}

func schedulers() []string {
	return []string{"wrr", "wlc", "sed", "nq", "mh", "sh", "twos", "lblc", "lblcr", "rr", "lc", "dh", "fo", "ovf", "", "novel"}
}

// checkSteps makes some steps on what the bytes come to, as a director that
// writes what was planned would, and checks each plan and what is left of it.
func checkSteps(t *testing.T, data []byte) {
	t.Helper()
	c := &choices{data}
	cfg := c.config()
	v := ipvs.VirtualService{ID: plantService, Scheduler: pick(c, schedulers()...)}
	table := &ipvs.Table{Services: []ipvs.VirtualService{v}}
	table.Director.OverheadFactor = pick(c, uint32(257), 256, 0)
	now, state := after(0), State{}
	for n := 0; n < 30 && (n < 3 || len(c.left) > 0); n++ {
		now = c.clock(now)
		c.next(&table.Services[0])
		if c.n(3) == 0 {
			state.Sample(plantService, table.Services[0].Servers, cfg.Interval, now)
			now = now.Add(5 * time.Second)
		}
		var seen []Observation
		for range c.n(9) {
			seen = append(seen, c.observation(now))
		}
		var plan Plan
		plan, state = Step(cfg, state, table, seen, now)
		checkLines(t, cfg, table.Services[0].Servers, plan)
		state = throughAFile(t, state)
		if c.n(8) > 0 {
			carryOut(&table.Services[0], plan)
		}
	}
}

// carryOut writes a plan into a table.
func carryOut(v *ipvs.VirtualService, p Plan) {
	for i := range v.Servers {
		for _, s := range p.Services[0].Servers {
			if s.Server == v.Servers[i].ID {
				v.Servers[i].Weight = s.Weight
			}
		}
	}
}

// checkLines checks that a plan has every server just once, as it was found,
// and changes its weight to one within the limits or not at all, never one of
// 0, and only with a reason.
func checkLines(t *testing.T, cfg Config, servers []ipvs.RealServer, p Plan) {
	t.Helper()
	s, limits := p.Services[0], cfg.Services[0].Weights
	if s.Reason == "" || len(s.Servers) != len(servers) || !slices.Contains([]Action{Apply, Hold, Skip}, s.Action) {
		t.Fatalf("got %+v of %d servers", s, len(servers))
	}
	if s.Code == CodeGain && strings.Contains(s.Reason, "saves about -") {
		t.Errorf("got %q", s.Reason)
	}
	for _, line := range s.Servers {
		i := slices.IndexFunc(servers, func(s ipvs.RealServer) bool { return s.ID == line.Server })
		if i < 0 || line.PreviousWeight != servers[i].Weight || line.Reason.String() == "" {
			t.Fatalf("got %+v", line)
		}
		if line.UpperThreshold != servers[i].UpperThreshold || line.LowerThreshold != servers[i].LowerThreshold {
			t.Errorf("thresholds changed: %+v", line)
		}
		if line.Weight == line.PreviousWeight {
			continue
		}
		if s.Action != Apply || line.PreviousWeight == 0 || line.Weight < limits.Min || line.Weight > limits.Max {
			t.Errorf("%s within %d to %d: %+v", s.Action, limits.Min, limits.Max, line)
		}
	}
	var text bytes.Buffer
	if err := WritePlan(&text, p); err != nil {
		t.Fatal(err)
	}
	if err := WriteText(&text, p); err != nil || strings.Contains(text.String(), "NaN") || strings.Contains(text.String(), "Inf") {
		t.Fatalf("%v, %s", err, text.String())
	}
}

// throughAFile returns the state as the next call of plan finds it.
func throughAFile(t *testing.T, s State) State {
	t.Helper()
	var saved bytes.Buffer
	if err := writeJSON(&saved, stateFile{stateVersion, States{"": s}}); err != nil {
		t.Fatalf("%v: %+v", err, s)
	}
	states, err := parseStates(saved.Bytes(), "state")
	if err != nil {
		t.Fatalf("%v: %s", err, saved.String())
	}
	return states[""]
}

func FuzzStep(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("a director, its meters and its clock, all of them broken in turn, as far as these bytes go"))
	f.Fuzz(checkSteps)
}

// TestStepTakesAnything is the same on bytes by chance.
func TestStepTakesAnything(t *testing.T) {
	for seed := range uint64(600) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 77))
			data := make([]byte, random.IntN(2000))
			for i := range data {
				data[i] = byte(random.Uint32())
			}
			checkSteps(t, data)
		})
	}
}
