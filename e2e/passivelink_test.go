//go:build lab

package e2e

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
)

// link is what each of a client's packets goes through, and each to the client.
const (
	link      = "tc qdisc add dev wan0 root netem delay 20ms 3ms loss 2%"
	linkTakes = 2 * 17 * time.Millisecond // both ways, at the least
)

// A client's link that is long, uneven and loses packets is not in the median, but
// for what its unevenness may seem a late SYN-ACK.
func TestPassiveLink(t *testing.T) {
	tests := []struct {
		name, network, other, service, forward string
		measure                                passive.Measure
	}{
		{"NAT", "nat.sh 1", "director", "10.0.1.100:80", "-m", passive.FirstByte},
		{"DR", "direct.sh 1", "router", "10.0.2.100:9000", "-g", passive.Timestamps},
		{"TUN", "", "", "10.0.2.101:9000", "-i", passive.Timestamps},
	}
	var meter *passive.Meter
	for _, test := range tests {
		if test.network != "" {
			sh(t, test.network)
			shIn(t, "client", link)
			shIn(t, test.other, link)
		}
		if meter == nil {
			meter = openMeter(t)
		}
		for _, keep := range []int{1, 10} {
			t.Run(fmt.Sprintf("%s/%d a connection", test.name, keep), func(t *testing.T) {
				service, end := arrangeService(t, "tcp/"+test.service, "10.0.2.11:9000 "+test.forward)
				defer end()
				w := stopwatch{delay: between20and80()}.withDefaults()
				defer w.start(t, "server1", ":9000")()
				timing := timing{T: t, meter: meter, service: service, measure: test.measure}
				before, lost := timing.readings(), timing.lost()
				var all []spoken
				var h passive.Histogram
				for rounds := 0; rounds < 10 && h.Count() == 0; rounds++ {
					all = append(all, askSideBySide(t, w, test.service, keep)...)
					eventually(t, func() error {
						const server = "10.0.2.11:9000"
						h = since(timing.readings()[server], before[server])
						if n := h.Count() + timing.lost() - lost; n < uint64(len(all)) {
							return fmt.Errorf("%d of %d answers are timed or lost", n, len(all))
						}
						return nil
					})
				}
				timing.compareMedian(all, &h)
			})
		}
	}
}

// between20and80 returns delays in ms that lie there, evenly by their logarithm.
func between20and80() func() time.Duration {
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(1, 2))
	return func() time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return time.Duration(math.Exp2(2*random.Float64()) * 20 * float64(time.Millisecond))
	}
}

// askSideBySide has a few clients ask as often as each of TestPassive
// servers is asked, keep times on a connection.
func askSideBySide(t *testing.T, w stopwatch, address string, keep int) (all []spoken) {
	t.Helper()
	var (
		mu      sync.Mutex
		clients sync.WaitGroup
		left    = *timedRequests / keep
	)
	for range 4 {
		clients.Go(func() {
			for {
				mu.Lock()
				left--
				done := left < 0
				mu.Unlock()
				if done {
					return
				}
				s, err := w.ask(address, keep, 0)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				all = append(all, s...)
				mu.Unlock()
			}
		})
	}
	clients.Wait()
	return all
}

// compareMedian holds the median between those of what the server says and of
// what the client does, without its link. Either may be off by as many answers as
// are not timed, and the histogram tells the bucket.
func (t timing) compareMedian(all []spoken, h *passive.Histogram) {
	t.Helper()
	var own, least, most, seen []time.Duration
	for _, s := range all {
		own, seen = append(own, s.own), append(seen, s.seen)
		short, long := time.Duration(0), time.Duration(0)
		if t.measure == passive.Timestamps { // the SYN-ACK may have been late, or seem to
			short, long = s.connecting-linkTakes+time.Millisecond, time.Millisecond+madeUp
		}
		least, most = append(least, s.own-short), append(most, s.seen-linkTakes+long)
	}
	for _, s := range [][]time.Duration{own, least, most, seen} {
		slices.Sort(s)
	}
	timed := int(h.Count())
	if timed == 0 || timed > len(all) {
		t.Fatalf("%d of %d answers are timed", timed, len(all))
	}
	from, median, to := medianOf(h)
	lower := (timed - 1) / 2 // of the two in the middle
	if low, high := least[lower], most[len(all)-timed+lower]; to < low || from > high {
		t.Errorf("the median is between %v and %v, want from %v to %v", from, to, low, high)
	}
	t.Logf("FIGURE %s: medians: own %.2f ms, measured %.2f ms (%+.1f %%), client %.2f ms; %d of %d timed", t.Name(),
		milliseconds(own[len(own)/2]), milliseconds(median), 100*(float64(median)/float64(own[len(own)/2])-1),
		milliseconds(seen[len(seen)/2]), timed, len(all))
}

// medianOf returns the bounds of the median's bucket, and where it is within if
// times are even there by their logarithm.
func medianOf(h *passive.Histogram) (from, median, to time.Duration) {
	half, before := float64(h.Count())/2, 0.0
	for i, n := range h.Buckets {
		if n > 0 && before+float64(n) >= half {
			low, high := math.Log(passive.UpperBound(max(i-1, 0))), math.Log(passive.UpperBound(i))
			return seconds(math.Exp(low)), seconds(math.Exp(low + (high-low)*(half-before)/float64(n))), seconds(math.Exp(high))
		}
		before += float64(n)
	}
	return 0, 0, 0
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
