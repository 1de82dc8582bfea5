package collector

import (
	"context"
	"errors"
	"runtime"
	"sync"
)

// shared runs a read once for all who want its result while it is under way.
type shared[T any] struct {
	unused func(T) // is told of a result that everybody has left; nil is not

	mu      sync.Mutex
	running *flight[T]
}

// flight is a read that is under way, or was.
type flight[T any] struct {
	users int           // who have joined and not left, the read itself included; under the mutex of shared
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
		s.running = &flight[T]{users: 1, done: make(chan struct{})}
		go s.run(s.running, slots, read)
	}
	s.running.users++
	return s.running
}

// leave ends the use of a result, by those who have joined for it; who never
// leaves only keeps it.
func (s *shared[T]) leave(f *flight[T]) {
	s.mu.Lock()
	f.users--
	last := f.users == 0
	s.mu.Unlock()
	if last && s.unused != nil {
		s.unused(f.value)
	}
}

func (s *shared[T]) run(f *flight[T], slots chan struct{}, read func() (T, error)) {
	slots <- struct{}{}
	f.value, f.err = read()
	<-slots
	s.mu.Lock()
	s.running = nil
	s.mu.Unlock()
	close(f.done)
	s.leave(f)
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
