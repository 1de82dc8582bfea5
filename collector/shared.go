package collector

import (
	"context"
	"errors"
	"runtime"
	"sync"
)

// shared runs a read once for all who want its result while it is under way.
type shared[T any] struct {
	mu      sync.Mutex
	running *flight[T]
}

// flight is a read that is under way, or was.
type flight[T any] struct {
	done  chan struct{} // closed once value and err are there
	value T
	err   error
}

// maxReads is how many reads run at once, each on a thread. They keep the
// processor busy, most of it in the kernel, which up to Linux 7.0 lets only
// one reader at a time into the tables of all network namespaces.
func maxReads() int { return min(runtime.GOMAXPROCS(0), 8) }

// join returns the read that is under way, or begins one as soon as there is
// a free slot.
func (s *shared[T]) join(slots chan struct{}, read func() (T, error)) *flight[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		s.running = &flight[T]{done: make(chan struct{})}
		go s.run(s.running, slots, read)
	}
	return s.running
}

func (s *shared[T]) run(f *flight[T], slots chan struct{}, read func() (T, error)) {
	slots <- struct{}{}
	f.value, f.err = read()
	<-slots
	s.mu.Lock()
	s.running = nil
	s.mu.Unlock()
	close(f.done)
}

var errLate = errors.New("not read by the end of the scrape's time")

func (f *flight[T]) wait(ctx context.Context) (T, error) {
	select {
	case <-f.done:
	case <-ctx.Done():
		select {
		case <-f.done:
		default:
			var none T
			return none, errLate
		}
	}
	return f.value, f.err
}
