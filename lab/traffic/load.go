package traffic

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// Load is an open-loop load: requests come as a Poisson process, whether or not
// earlier ones have been answered, as from many clients that know nothing of
// one another.
type Load struct {
	Rate     float64       // mean requests per second, above 0
	Duration time.Duration // no request starts later than this after the first instant; above 0
	Requests int           // at most so many; 0: as many as come in Duration
	InFlight int           // at most so many at once, further ones fail with ErrInFlight; above 0
	Timeout  time.Duration // of one request; above 0
	Seed     uint64        // the same seed brings the same instants
}

// ErrInFlight is the error of a request that was never sent.
var ErrInFlight = errors.New("too many requests in flight")

// Request is one request and what came of it.
type Request struct {
	Start   time.Time
	Latency time.Duration // to the last byte of the answer, or to the error
	Server  string        // which real server answered; "" after an error
	Err     error
}

// Ask makes one request and returns the name of the real server that answered.
type Ask func(ctx context.Context) (server string, err error)

// Check says what of the load is out of range.
func (l Load) Check() error {
	switch {
	case !(l.Rate > 0):
		return fmt.Errorf("traffic: load: rate %g: not above 0", l.Rate)
	case l.Duration <= 0:
		return fmt.Errorf("traffic: load: duration %s: not above 0", l.Duration)
	case l.InFlight <= 0:
		return fmt.Errorf("traffic: load: %d in flight: not above 0", l.InFlight)
	case l.Timeout <= 0:
		return fmt.Errorf("traffic: load: timeout %s: not above 0", l.Timeout)
	}
	return nil
}

// Run makes the load and hands every request to record, one at a time, in the
// order of their ends. It returns when the last has ended: Timeout after
// Duration at the latest, or soon after ctx is done.
func (l Load) Run(ctx context.Context, ask Ask, record func(Request)) {
	var wg sync.WaitGroup
	ended := make(chan Request)
	slots := make(chan struct{}, l.InFlight)
	go func() {
		l.arrive(ctx, func() {
			wg.Go(func() { ended <- l.one(ctx, slots, ask) })
		})
		wg.Wait()
		close(ended)
	}()
	for r := range ended {
		record(r)
	}
}

// arrive calls start at each instant of the process.
func (l Load) arrive(ctx context.Context, start func()) {
	random := rand.New(rand.NewPCG(l.Seed, 0))
	begin := time.Now()
	var at time.Duration
	for n := 0; l.Requests == 0 || n < l.Requests; n++ {
		at += time.Duration(random.ExpFloat64() / l.Rate * float64(time.Second))
		if at > l.Duration || sleep(ctx, at-time.Since(begin)) != nil {
			return
		}
		start()
	}
}

func (l Load) one(ctx context.Context, slots chan struct{}, ask Ask) Request {
	r := Request{Start: time.Now()}
	select {
	case slots <- struct{}{}:
		defer func() { <-slots }()
	default:
		r.Err = ErrInFlight
		return r
	}
	ctx, cancel := context.WithTimeout(ctx, l.Timeout)
	defer cancel()
	r.Server, r.Err = ask(ctx)
	r.Latency = time.Since(r.Start)
	return r
}
