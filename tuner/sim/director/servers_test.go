package director

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

func TestRefusals(t *testing.T) {
	s := serviceOf(t, Options{}, ipvs.VirtualService{Scheduler: "rr"}, 1)
	d := s.director
	huge, one := uint32(1<<31), uint32(1)
	tests := []struct {
		name string
		do   func() error
		want string
	}{
		{"a service twice", func() error {
			_, err := d.AddService(0, ipvs.VirtualService{ID: s.id, Scheduler: "rr"})
			return err
		}, "ipvs: add service of tcp/10.8.0.1:80: exists already"},
		{"an unknown scheduler", func() error {
			_, err := d.AddService(0, ipvs.VirtualService{ID: ipvs.MarkService(ipvs.IPv4, 1), Scheduler: "best"})
			return err
		}, `ipvs: add service of fwm/1: there is no scheduler "best"`},
		{"twos without randomness", func() error {
			_, err := d.AddService(0, ipvs.VirtualService{ID: ipvs.MarkService(ipvs.IPv4, 1), Scheduler: "twos"})
			return err
		}, "ipvs: add service of fwm/1: the scheduler twos needs a source of randomness"},
		{"a service whose server is refused", func() error {
			_, err := d.AddService(0, ipvs.VirtualService{ID: ipvs.MarkService(ipvs.IPv4, 1), Scheduler: "rr",
				Servers: []ipvs.RealServer{{ID: serverOf(1), LowerThreshold: 1}}})
			return err
		}, "ipvs: add of 10.9.0.1:80 in fwm/1: the lower threshold is over the upper one"},
		{"a server twice", func() error {
			return s.AddServer(0, ipvs.RealServer{ID: serverOf(0)})
		}, "ipvs: add of 10.9.0.0:80 in tcp/10.8.0.1:80: exists already"},
		{"a huge weight", func() error {
			_, err := s.EditServer(0, serverOf(0), ipvs.Edit{Weight: &huge})
			return err
		}, "ipvs: edit of 10.9.0.0:80 in tcp/10.8.0.1:80: the value is over 2147483647"},
		{"an edit of no server", func() error {
			_, err := s.EditServer(0, serverOf(9), ipvs.Edit{Weight: &one})
			return err
		}, "ipvs: edit of 10.9.0.9:80 in tcp/10.8.0.1:80: no such real server"},
		{"no server deleted", func() error {
			return s.DeleteServer(0, serverOf(9))
		}, "ipvs: delete of 10.9.0.9:80 in tcp/10.8.0.1:80: no such real server"},
		{"an unknown factor", func() error {
			_, err := New(Options{OverheadFactor: 255})
			return err
		}, "overhead factor 255 is neither 256 nor 257"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.do(); err == nil || err.Error() != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
	if len(d.services) != 1 {
		t.Errorf("%d services, want 1", len(d.services))
	}
	if _, err := s.EditServer(0, serverOf(9), ipvs.Edit{}); !errors.Is(err, ipvs.ErrNoServer) {
		t.Errorf("error %v is not ErrNoServer", err)
	}
}

// The list as the operator edits it, and what is chosen from it.
func TestEditing(t *testing.T) {
	tests := []struct {
		name, scheduler string
		weights         string // one digit for each server
		edits           string // +N adds server N with weight 1, -N deletes it, N=W sets a weight, * is a connection
		want            string // servers by number
	}{
		{"rr goes on, and comes to an added one last", "rr", "111", "** +3 **", "0123"},
		{"rr goes on after a deleted one", "rr", "111", "** -1 **", "0120"},
		{"rr starts again after the first was deleted", "rr", "111", "* -0 **", "012"},
		{"wrr starts again after any edit", "wrr", "111", "** 2=9 ** 2=1 **", "010101"},
		{"wrr starts again after an added one", "wrr", "111", "* +3 ***", "0301"},
		{"wlc sees a weight at once", "wlc", "11", "** 0=9 **", "0100"},
		{"a deleted one comes back with its connections, in front", "wlc", "11", "**** -1 +1 **", "010110"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var weights []uint32
			for _, digit := range tt.weights {
				weights = append(weights, uint32(digit-'0'))
			}
			s := serviceOf(t, Options{}, ipvs.VirtualService{Scheduler: tt.scheduler}, weights...)
			got, want := edited(t, s, tt.edits), tt.want
			if got != want {
				t.Errorf("chose %s, want %s", got, want)
			}
		})
	}
}

func edited(t *testing.T, s *Service, edits string) string {
	t.Helper()
	var chosen strings.Builder
	for _, word := range strings.Fields(edits) {
		switch {
		case word[0] == '*':
			for range word {
				c, _ := s.Connect(0, Flow{Client: clientOf(uint32(len(s.director.entries.list)), 1)})
				chosen.WriteByte(s.Server(c.Server).ID.Addr().As4()[3] + '0')
			}
		case word[0] == '+':
			if err := s.AddServer(0, ipvs.RealServer{ID: serverOf(int(word[1] - '0')), Weight: 1}); err != nil {
				t.Fatal(err)
			}
		case word[0] == '-':
			if err := s.DeleteServer(0, serverOf(int(word[1]-'0'))); err != nil {
				t.Fatal(err)
			}
		default:
			weight := uint32(word[2] - '0')
			if _, err := s.EditServer(0, serverOf(int(word[0]-'0')), ipvs.Edit{Weight: &weight}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return chosen.String()
}

// An edit that changes nothing is not written, so wrr goes on.
func TestNothingToWrite(t *testing.T) {
	s := serviceOf(t, Options{}, ipvs.VirtualService{Scheduler: "wrr"}, 1, 1)
	one := uint32(1)
	choices(s, 1)
	written, err := s.EditServer(0, serverOf(0), ipvs.Edit{Weight: &one})
	if written || err != nil {
		t.Errorf("written %v, %v", written, err)
	}
	if got := choices(s, 1); got != "b" {
		t.Errorf("chose %s, want b", got)
	}
}

// Packets to a deleted server are dropped until it comes back, or its
// connections end with it.
func TestDeletedServer(t *testing.T) {
	for expire, want := range map[bool]Verdict{false: Dropped, true: Unknown} {
		s := serviceOf(t, Options{ExpireNodest: expire}, ipvs.VirtualService{Scheduler: "rr"}, 1)
		d := s.director
		flow := Flow{Client: clientOf(1, 1)}
		c, _ := s.Connect(0, flow)
		if err := s.DeleteServer(0, serverOf(0)); err != nil {
			t.Fatal(err)
		}
		if got := d.FromClient(0, c, ACK); got != want {
			t.Errorf("expire_nodest_conn %v: verdict %d, want %d", expire, got, want)
		}
		wantAgain := map[bool]Verdict{false: Dropped, true: Unreachable}[expire]
		if _, got := s.Connect(0, flow); got != wantAgain {
			t.Errorf("expire_nodest_conn %v: verdict on the same SYN %d, want %d", expire, got, wantAgain)
		}
		if err := s.AddServer(0, ipvs.RealServer{ID: serverOf(0), Weight: 1}); err != nil {
			t.Fatal(err)
		}
		if got := d.FromClient(0, c, ACK); (got == Forwarded) == expire {
			t.Errorf("expire_nodest_conn %v: verdict %d when the server was back", expire, got)
		}
	}
}

// A deleted server's statistics are kept for two minutes after its last
// connection.
func TestForgottenServer(t *testing.T) {
	for wait, want := range map[time.Duration]uint64{119 * time.Second: 1, 120 * time.Second: 0} {
		s := serviceOf(t, Options{}, ipvs.VirtualService{Scheduler: "rr"}, 1)
		s.Connect(0, Flow{Client: clientOf(1, 1)}) // until 60 s
		if err := s.DeleteServer(0, serverOf(0)); err != nil {
			t.Fatal(err)
		}
		at := 60*time.Second + wait
		if err := s.AddServer(at, ipvs.RealServer{ID: serverOf(0), Weight: 1}); err != nil {
			t.Fatal(err)
		}
		if got := s.Servers(at)[0].Stats.Connections; got != want {
			t.Errorf("after %s it had %d connections, want %d", wait, got, want)
		}
	}
}
