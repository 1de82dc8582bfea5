package scenario

import (
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

var update = flag.Bool("update", false, "write the golden files")

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// recordingOf returns half a minute of a service with servers that get 10, 20
// and so on connections a second, which last 100 ms; counters change every two
// seconds.
func recordingOf(id string, servers ...string) Recording {
	r := Recording{Service: ipvs.VirtualService{ID: serviceID(id), Scheduler: "wrr"}}
	r.Director.OverheadFactor = 256
	r.Director.Timeouts = ipvs.Timeouts{TCP: 15 * time.Minute, TCPFin: 2 * time.Minute, UDP: 5 * time.Minute}
	for i, s := range servers {
		server := ipvs.RealServer{ID: serverAt(s).ID, Weight: uint32(100 + i), ActiveConnections: uint32(1 + i)}
		r.Service.Servers = append(r.Service.Servers, server)
	}
	for tick := range 150 {
		at := time.Duration(tick) * 200 * time.Millisecond
		sample := Sample{Time: start.Add(at)}
		for i, s := range r.Service.Servers {
			s.Stats.Connections = uint64(10*(i+1)) * uint64((at+time.Second)/(2*time.Second)) * 2
			sample.Servers = append(sample.Servers, s)
		}
		r.Samples = append(r.Samples, sample)
	}
	return r
}

func TestRecordMistakes(t *testing.T) {
	once := recordingOf("tcp/10.0.0.1:80", "10.0.0.2:80")
	once.Samples = once.Samples[:1]
	foreign := recordingOf("tcp/10.0.0.1:80", "10.0.0.2:80")
	foreign.Service.Scheduler = "mine"
	tests := []struct {
		name string
		r    Recording
		want string
	}{
		{"one reading", once, "record tcp/10.0.0.1:80: two readings at different times are needed"},
		{"no server", recordingOf("tcp/10.0.0.1:80"), "record tcp/10.0.0.1:80: it has no real server"},
		{"scheduler", foreign, "record tcp/10.0.0.1:80: the scenario:13: service.scheduler: mine is not known here: "},
		{"family", recordingOf("tcp/10.0.0.1:80", "[2001:db8::2]:80"), "record tcp/10.0.0.1:80: the scenario: servers[0].id: is no ipv4 address and port"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			err := test.r.Write(&b)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) || b.Len() > 0 {
				t.Errorf("error %v, want %s; wrote %d bytes", err, test.want, b.Len())
			}
		})
	}
}

func TestRecord(t *testing.T) {
	plain := recordingOf("tcp/10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:8080")
	idle := recordingOf("udp/[2001:db8::1]:53", "[2001:db8::2]:53")
	idle.Service.Flags = ipvs.FlagOnePacket | ipvs.FlagPersistent
	idle.Service.Persistence = 5 * time.Minute
	idle.Service.Netmask = ipvs.Netmask6(64)
	idle.Samples = []Sample{{start, idle.Service.Servers}, {start.Add(10 * time.Second), nil}}
	marked := recordingOf("fwm/258", "10.0.1.3:0", "10.0.1.4:0")
	marked.Director = ipvs.Director{}
	marked.Service.Scheduler, marked.Service.Flags = "sh", ipvs.FlagScheduler2
	marked.Service.Servers[0].Forward = ipvs.Route
	marked.Service.Servers[1].UpperThreshold, marked.Service.Servers[1].LowerThreshold = 500, 400
	for name, r := range map[string]Recording{"plain": plain, "idle": idle, "marked": marked} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if err := r.Write(&b); err != nil {
				t.Fatal(err)
			}
			golden := "testdata/recorded-" + name + ".yaml"
			if *update {
				if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if b.String() != string(want) {
				t.Errorf("got\n%s\nwant\n%s", b.String(), want)
			}
		})
	}
}

// What is read back is what the director was seen to have, though its counters
// are snapshots.
func TestRecordedFigures(t *testing.T) {
	r := recordingOf("tcp/10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80")
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	s, err := Read(strings.NewReader(b.String()), "f", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Config.Traffic.Curve[0].PerSecond; math.Abs(got-30) > 1e-9 {
		t.Errorf("%v connections a second, not 30", got)
	}
	for i, server := range s.Config.Servers {
		if server.ServiceTime.Mean != 100*time.Millisecond || server.Weight != uint32(100+i) || server.Workers != 2*(i+1) {
			t.Errorf("%+v", server)
		}
	}
}

// Two readings are enough, and a counter that was set back counts for nothing.
func TestRecordOfTwo(t *testing.T) {
	r := recordingOf("tcp/10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80")
	reading := func(seconds int, counters ...uint64) Sample {
		s := Sample{Time: start.Add(time.Duration(seconds) * time.Second)}
		for i, n := range counters {
			server := r.Service.Servers[i]
			server.Stats.Connections = n
			s.Servers = append(s.Servers, server)
		}
		return s
	}
	r.Samples = []Sample{reading(0, 1000, 500), reading(20, 1400, 3)}
	s, err := r.sketch()
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(s.PerSecond, s.Servers[0].PerSecond, s.Servers[1].PerSecond, s.Servers[0].Mean, s.Servers[1].Mean)
	if got != "20 20 0 50ms 0s" {
		t.Errorf("got %s", got)
	}
}

func TestRounded(t *testing.T) {
	for seconds, want := range map[float64]time.Duration{
		0: time.Microsecond, 0.0123456: 12300 * time.Microsecond, 1.23456: 1230 * time.Millisecond, 1e9: time.Hour,
	} {
		if got := rounded(seconds); got != want {
			t.Errorf("%v s is %s, want %s", seconds, got, want)
		}
	}
}
