package director

import "time"

// addressCache keeps what lblc and lblcr know of the addresses that packets go
// to (net/netfilter/ipvs/ip_vs_lblc.c, ip_vs_lblcr.c). Once a minute it is
// tidied: when it has too many addresses those idle for six minutes go, and
// each half hour all that are idle for a day.
type addressCache[V any] struct {
	buckets [1024][]cached[V]
	size    int
	tidyAt  time.Duration
	minutes int // since all were looked at; the count starts from 1
	rover   int // bucket that was tidied last
}

type cached[V any] struct {
	address address
	value   V
	used    time.Duration
}

// The limits of a cache. Kernels before 6.12.113 and 6.1.191 have no hard one.
const (
	cacheSoftLimit = 1024 * 16
	cacheHardLimit = cacheSoftLimit * 3 / 2
	cacheIdle      = 6 * time.Minute
	cacheDay       = 24 * time.Hour
)

func newAddressCache[V any](now time.Duration) addressCache[V] {
	return addressCache[V]{tidyAt: now + time.Minute, minutes: 1}
}

// get returns what is known of an address, nil if nothing, and notes that it
// was used. hash is from [hash32].
func (c *addressCache[V]) get(now time.Duration, a address, hash uint32) *V {
	for ; c.tidyAt <= now; c.tidyAt += time.Minute {
		c.tidy(c.tidyAt)
	}
	bucket := c.buckets[hash]
	for i := range bucket {
		if bucket[i].address == a {
			bucket[i].used = now
			return &bucket[i].value
		}
	}
	return nil
}

// add keeps something of an address that nothing is known of, unless the cache
// is full.
func (c *addressCache[V]) add(now time.Duration, a address, hash uint32, value V) {
	if c.size >= cacheHardLimit {
		return
	}
	c.size++
	c.buckets[hash] = append(c.buckets[hash], cached[V]{a, value, now})
}

func (c *addressCache[V]) tidy(now time.Duration) {
	if c.minutes%30 == 0 {
		c.minutes = 1
		c.sweep(now-cacheDay, len(c.buckets)*cacheHardLimit)
		return
	}
	if c.size <= cacheSoftLimit {
		c.minutes++
		return
	}
	c.sweep(now-cacheIdle, min((c.size-cacheSoftLimit)*4/3, cacheSoftLimit/2))
}

// sweep goes round the buckets and drops addresses that were not used after
// some time, until enough are dropped.
func (c *addressCache[V]) sweep(since time.Duration, enough int) {
	for range c.buckets {
		c.rover = (c.rover + 1) % len(c.buckets)
		kept := c.buckets[c.rover][:0]
		for _, e := range c.buckets[c.rover] {
			if e.used > since {
				kept = append(kept, e)
			}
		}
		dropped := len(c.buckets[c.rover]) - len(kept)
		c.buckets[c.rover] = kept
		c.size -= dropped
		if enough -= dropped; enough <= 0 {
			return
		}
	}
}
