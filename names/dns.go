package names

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

const (
	dnsTimeout  = 10 * time.Second // of resolving everything
	dnsParallel = 16
	// A name that no scrape asked for since is resolved no more.
	dnsForgets = 5 * time.Minute
)

// DNS knows the addresses that Docker's name server has for the tasks of a
// service, under the name tasks.SERVICE. A nil DNS knows none.
type DNS struct {
	lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)
	asked  chan struct{} // has an element when a name was asked for that was not known

	mu    sync.Mutex
	known map[question]*answer
}

type question struct {
	name   string
	family ipvs.Family
}

type answer struct {
	asked     time.Time // by a scrape
	addresses []netip.Addr
	ok        bool
}

// newDNS returns a cache of lookup, which is [net.Resolver.LookupNetIP].
func newDNS(lookup func(context.Context, string, string) ([]netip.Addr, error)) *DNS {
	return &DNS{lookup: lookup, asked: make(chan struct{}, 1), known: make(map[question]*answer)}
}

// Addresses returns the addresses of a service's tasks in order, as they were
// when last resolved in the background. It reports false when they are not
// known: nobody asked before, there is no such name, or the resolver failed.
func (d *DNS) Addresses(service string, f ipvs.Family) ([]netip.Addr, bool) {
	if d == nil || service == "" {
		return nil, false
	}
	if _, err := netip.ParseAddr(service); err == nil {
		return nil, false // an address that stands for a name
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	q := question{service, f}
	a := d.known[q]
	if a == nil {
		a = &answer{}
		d.known[q] = a
		select {
		case d.asked <- struct{}{}:
		default:
		}
	}
	a.asked = time.Now()
	return a.addresses, a.ok
}

// refresh resolves the names that were asked for recently. Of several errors
// it returns one.
func (d *DNS) refresh(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, dnsTimeout)
	defer cancel()
	questions := d.recent(time.Now())
	problems := make([]error, len(questions))
	places := make(chan struct{}, dnsParallel)
	var all sync.WaitGroup
	for i, q := range questions {
		places <- struct{}{}
		all.Go(func() {
			problems[i] = d.resolve(ctx, q)
			<-places
		})
	}
	all.Wait()
	return cmp.Or(problems...)
}

// recent forgets the names that were not asked for recently and returns the
// others in order.
func (d *DNS) recent(now time.Time) []question {
	d.mu.Lock()
	defer d.mu.Unlock()
	var questions []question
	for q, a := range d.known {
		if now.Sub(a.asked) > dnsForgets {
			delete(d.known, q)
			continue
		}
		questions = append(questions, q)
	}
	slices.SortFunc(questions, func(a, b question) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.family, b.family))
	})
	return questions
}

// resolve asks the resolver; that there is no such name is no error.
func (d *DNS) resolve(ctx context.Context, q question) error {
	network := "ip4"
	if q.family == ipvs.IPv6 {
		network = "ip6"
	}
	addresses, err := d.lookup(ctx, network, "tasks."+q.name)
	for i := range addresses {
		addresses[i] = addresses[i].Unmap()
	}
	slices.SortFunc(addresses, netip.Addr.Compare)
	d.mu.Lock()
	if a := d.known[q]; a != nil {
		a.addresses, a.ok = addresses, err == nil
	}
	d.mu.Unlock()
	if problem := (*net.DNSError)(nil); errors.As(err, &problem) && problem.IsNotFound {
		return nil
	}
	return err
}
