package director

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// The same clients at the same destinations go to the same servers as ever;
// that these are the kernel's is for e2e to show.
func TestHashedChoices(t *testing.T) {
	tests := []struct {
		scheduler string
		flags     ipvs.Flags
		v4, v6    string
	}{
		{"dh", 0, "ecabebecdbebdadbdacadeca", "ececebecbdadacaacbdedadb"},
		{"sh", 0, "eeeeabccdeeeaabccdeeeaab", "dccbaeedccbaeeeccbaeeeec"},
		{"sh", withPort, "cccaaeeeddccbaeeeedccbae", "caecaececaecaededceeceea"},
		{"mh", 0, "ecccecbcacccecddceacecea", "ddeeceeaececbceceeecdeea"},
		{"mh", withPort, "eeeeceecaccaeeeeeceeaeea", "dececeadecaaaecdcecebace"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s %#x", tt.scheduler, tt.flags), func(t *testing.T) {
			for family, want := range map[ipvs.Family]string{ipvs.IPv4: tt.v4, ipvs.IPv6: tt.v6} {
				v := ipvs.VirtualService{ID: ipvs.MarkService(family, 1), Scheduler: tt.scheduler, Flags: tt.flags}
				s := serviceOf(t, Options{}, v, 3, 1, 4, 2, 6)
				if got := hashedChoices(s); got != want {
					t.Errorf("%s: chose %s, want %s", family, got, want)
				}
			}
		})
	}
}

func hashedChoices(s *Service) string {
	client, to := netip.MustParseAddr("10.3.0.1"), netip.MustParseAddr("10.8.1.1")
	if s.id.Family() == ipvs.IPv6 {
		client, to = netip.MustParseAddr("fd03:1:2:3:4:5:6:1"), netip.MustParseAddr("fd08:9:8:7:6:5:4:1")
	}
	var chosen []byte
	for n := range uint16(24) {
		c, _ := s.Connect(0, Flow{Client: netip.AddrPortFrom(client, 4000+7*n), To: netip.AddrPortFrom(to, 80)})
		chosen = append(chosen, 'a'+byte(s.known[c.Server].at))
		client, to = client.Next(), to.Next()
	}
	return string(chosen)
}

// A quiescent server's clients are served by others only with the flag
// fallback, and come back. Under mh other clients stay where they are.
func TestQuiescentServersClients(t *testing.T) {
	for _, scheduler := range []string{"sh", "mh"} {
		for _, flags := range []ipvs.Flags{0, fallback} {
			t.Run(fmt.Sprintf("%s %#x", scheduler, flags), func(t *testing.T) {
				s := serviceOf(t, Options{}, ipvs.VirtualService{Scheduler: scheduler, Flags: flags}, 2, 3, 4)
				before := servers(s)
				setWeight(t, s, 1, 0)
				quiescent := servers(s)
				if slices.Contains(quiescent, 1) {
					t.Error("clients went to the quiescent server")
				}
				if slices.Contains(quiescent, -1) == flags.Has(fallback) {
					t.Errorf("clients without a server: %v", slices.Contains(quiescent, -1))
				}
				for client, was := range before {
					if scheduler == "mh" && was != 1 && quiescent[client] != was {
						t.Errorf("client %d moved from server %d to %d", client, was, quiescent[client])
					}
				}
				setWeight(t, s, 1, 3)
				if !slices.Equal(servers(s), before) {
					t.Error("clients did not come back")
				}
			})
		}
	}
}

// servers returns where 200 clients would go: places, -1 for nowhere.
func servers(s *Service) []int {
	list := make([]int, 200)
	for n := range list {
		list[n] = s.scheduler.choose(s, key{client: addressOf(clientOf(uint32(n), 0).Addr())})
	}
	return list
}

func setWeight(t *testing.T, s *Service, at int, weight uint32) {
	t.Helper()
	if _, err := s.EditServer(0, s.Servers(0)[at].ID, ipvs.Edit{Weight: &weight}); err != nil {
		t.Fatal(err)
	}
}

// Weight 0 takes a bucket too, and the last server gets what is left.
func TestSourceHashingBuckets(t *testing.T) {
	s := serviceOf(t, Options{}, ipvs.VirtualService{Scheduler: "sh"}, 100, 0, 100, 100)
	counts := map[uint16]int{}
	for _, number := range s.scheduler.(*sh).buckets {
		counts[number]++
	}
	want := map[uint16]int{3: 100, 2: 1, 1: 100, 0: 55} // by number: the last one listed was added first
	for number, n := range want {
		if counts[number] != n {
			t.Errorf("server %d has %d buckets, want %d", number, counts[number], n)
		}
	}
}
