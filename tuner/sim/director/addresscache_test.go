package director

import (
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Addresses that are not asked for leave the cache: after six minutes when
// there are too many, else after a day.
func TestAddressCache(t *testing.T) {
	tests := []struct {
		name  string
		added int
		at    time.Duration
		want  int
	}{
		{"few stay", 100, 24*time.Hour - time.Second, 100},
		{"for a day", 100, 24 * time.Hour, 0},
		{"too many stay", cacheSoftLimit + 102, 6*time.Minute - time.Second, cacheSoftLimit + 102},
		{"until enough of them were idle for six minutes", cacheSoftLimit + 102, 6 * time.Minute, cacheSoftLimit - 34}, // eight buckets of 17,
		{"more are not taken", cacheHardLimit + 5, time.Second, cacheHardLimit},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newAddressCache[int](0)
			for n := range tt.added {
				c.add(0, address{low: uint64(n)}, uint32(n%1024), n)
			}
			c.get(tt.at, address{high: 1}, 0)
			if c.size != tt.want {
				t.Errorf("%d addresses, want %d", c.size, tt.want)
			}
		})
	}
}

// An address that is asked for stays.
func TestAddressCacheKeepsWhatIsUsed(t *testing.T) {
	c := newAddressCache[int](0)
	c.add(0, address{low: 1}, 1, 7)
	for at := time.Duration(0); at < 100*time.Hour; at += 23 * time.Hour {
		if v := c.get(at, address{low: 1}, 1); v == nil || *v != 7 {
			t.Fatalf("at %s got %v, want 7", at, v)
		}
	}
}

// A set of servers that did not change for a day loses the most loaded one.
func TestReplicatedSetShrinks(t *testing.T) {
	s := serviceOf(t, Options{}, ipvs.VirtualService{Scheduler: "lblcr"}, 2, 9)
	if got := choices(s, 5); got != "aaabb" {
		t.Fatalf("chose %s, want aaabb", got)
	}
	set := func() []uint16 {
		to := addressOf(s.id.Address.Addr())
		return s.scheduler.(*lblcr).sets.get(s.director.now, to, s.hashedTo(key{to: to})).servers
	}
	for at, want := range []int{2, 2, 1} {
		s.Connect(time.Duration(at)*13*time.Hour, Flow{Client: clientOf(7, uint16(1+at))})
		if got := set(); len(got) != want {
			t.Errorf("after %d·13 h the set is %v, want %d servers", at, got, want)
		}
	}
}
