package director

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

func allSchedulers() []string {
	return strings.Fields("rr wrr lc wlc lblc lblcr dh sh sed nq fo ovf mh twos")
}

// No scheduler sends a connection to a server that gets none.
func TestNoServer(t *testing.T) {
	tests := []struct {
		name    string
		weights []uint32
		upper   uint32
	}{
		{"no servers", nil, 0},
		{"weight 0", []uint32{0, 0, 0}, 0},
		{"overloaded", []uint32{1, 2, 3}, 1},
		{"one overloaded, the others of weight 0", []uint32{0, 5, 0}, 1},
	}
	for _, scheduler := range allSchedulers() {
		for _, flags := range []ipvs.Flags{0, fallback | withPort} {
			for _, tt := range tests {
				t.Run(scheduler+" "+tt.name, func(t *testing.T) {
					s := serviceOf(t, randomly(), ipvs.VirtualService{Scheduler: scheduler, Flags: flags}, tt.weights...)
					overload(t, s, tt.upper)
					for n := range uint32(300) {
						if c, verdict := s.Connect(0, Flow{Client: clientOf(n*4099, 1)}); verdict != Unreachable {
							t.Fatalf("connection %d: verdict %d, server %d", n, verdict, c.Server)
						}
					}
				})
			}
		}
	}
}

func randomly() Options { return Options{Random: rand.New(rand.NewPCG(1, 2))} }

// overload gives all servers with a weight one connection and that threshold.
func overload(t *testing.T, s *Service, upper uint32) {
	t.Helper()
	for _, r := range s.Servers(0) {
		n := uint16(s.Number(r.ID))
		if _, err := s.EditServer(0, r.ID, ipvs.Edit{UpperThreshold: &upper}); err != nil {
			t.Fatal(err)
		}
		if upper > 0 && r.Weight > 0 {
			s.bind(n)
		}
	}
}

// The choices were worked out by hand. Servers are called by where they are
// scanned: a first. Connections stay open.
func TestChoices(t *testing.T) {
	type gauge struct{ active, inactive int32 }
	tests := []struct {
		name, scheduler string
		weights         []uint32
		loads           []gauge
		want            string
	}{
		{"equal", "rr", []uint32{1, 1, 1}, nil, "abcabc"},
		{"a weight of 0 is left out, others do not matter", "rr", []uint32{5, 0, 1}, nil, "acacac"},

		{"equal", "wrr", []uint32{1, 1, 1}, nil, "abcabc"},
		{"the first round is the one that b began", "wrr", []uint32{4, 2}, nil, "abaabaab"},
		{"later rounds begin with the heaviest", "wrr", []uint32{1, 5}, nil, "abbbbbabbbbb"},
		{"a common divisor", "wrr", []uint32{200, 300, 0}, nil, "abbababb"},

		{"idle", "lc", []uint32{1, 7, 1}, nil, "abcabc"},
		{"an active one counts 257 inactive ones", "lc", []uint32{1, 1}, []gauge{{1, 0}, {0, 256}}, "bab"},
		{"equal costs", "lc", []uint32{1, 1}, []gauge{{1, 0}, {0, 257}}, "ab"},

		{"idle ones in order, whatever their weight", "wlc", []uint32{1, 4}, nil, "abbbb"},
		{"by weight", "wlc", []uint32{1, 3, 2}, []gauge{{1, 0}, {1, 0}, {1, 0}}, "bcb"},

		{"the new one counts", "sed", []uint32{1, 4}, nil, "bbbab"},
		{"inactive ones do not", "sed", []uint32{2, 2}, []gauge{{0, 900}, {0, 0}}, "abab"},

		{"idle ones first", "nq", []uint32{1, 4, 2}, nil, "abcbb"},
		{"a heavy one does not wait", "nq", []uint32{9, 1}, []gauge{{3, 0}, {0, 0}}, "ba"},

		{"the heaviest alone", "fo", []uint32{1, 7, 7, 3}, nil, "bbbb"},

		{"until one more than the weight is active", "ovf", []uint32{1, 2}, nil, "bbbaa."},
		{"equal", "ovf", []uint32{1, 1}, nil, "aabb."},

		{"one address has one server", "lblc", []uint32{3, 9}, nil, "aaa"},
		{"until it is busy while another is idle", "lblc", []uint32{1, 9}, []gauge{{1, 0}, {0, 0}}, "bbbb"},
		{"and that takes the address over", "lblc", []uint32{2, 9}, nil, "aaabbb"},
		{"a set, of which the least loaded", "lblcr", []uint32{2, 9}, nil, "aaabbbbbb"},
	}
	for _, tt := range tests {
		t.Run(tt.scheduler+" "+tt.name, func(t *testing.T) {
			s := serviceOf(t, Options{}, ipvs.VirtualService{Scheduler: tt.scheduler}, tt.weights...)
			for at, load := range tt.loads {
				s.scan[at].active, s.scan[at].total = load.active, load.active+load.inactive
			}
			if got := choices(s, len(tt.want)); got != tt.want {
				t.Errorf("chose %s, want %s", got, tt.want)
			}
		})
	}
}

// choices opens connections and says where they went, "." for nowhere.
func choices(s *Service, n int) string {
	var b strings.Builder
	for i := range n {
		c, verdict := s.Connect(0, Flow{Client: clientOf(0x030201, uint16(len(s.director.entries.list)+i))})
		if verdict == Forwarded {
			b.WriteByte('a' + byte(s.known[c.Server].at))
		} else {
			b.WriteByte('.')
		}
	}
	return b.String()
}

// The factor of kernels before the fix makes other choices.
func TestOverheadFactor(t *testing.T) {
	for factor, want := range map[uint32]string{256: "ab", 257: "ba"} {
		s := serviceOf(t, Options{OverheadFactor: factor}, ipvs.VirtualService{Scheduler: "wlc"}, 1, 1)
		s.scan[0].active, s.scan[0].total = 2, 2
		s.scan[1].active, s.scan[1].total = 1, 1+256
		if factor == 257 {
			s.scan[1].total--
		}
		if got := choices(s, 2); got != want {
			t.Errorf("factor %d: chose %s, want %s", factor, got, want)
		}
	}
}

// Both draws of twos and its comparison show in how often servers are chosen.
func TestTwos(t *testing.T) {
	s := serviceOf(t, randomly(), ipvs.VirtualService{Scheduler: "twos"}, 1, 2)
	s.scan[1].active, s.scan[1].total = 3, 3
	counts := make([]int, 2)
	for range 16000 {
		counts[s.scheduler.choose(s, key{})]++
	}
	// a is drawn with 2/4 (0 and 1 of 0 to 3), and chosen unless b is drawn twice.
	if share := float64(counts[0]) / 16000; share < 0.735 || share > 0.765 {
		t.Errorf("the idle server got %.3f, want 0.75", share)
	}
}
