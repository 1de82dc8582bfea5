package traffic

import (
	"context"
	"slices"
	"sync"
)

// queue lets at most limit jobs be served at once and the others in by the
// order of their coming.
type queue struct {
	mu      sync.Mutex
	limit   int // 0: none
	busy    int
	waiting []chan struct{} // closed to let a job in
}

// enter waits for the caller's turn; who has entered must leave. The error is
// ctx's, and the caller then has not entered.
func (q *queue) enter(ctx context.Context) error {
	turn := make(chan struct{})
	q.mu.Lock()
	q.waiting = append(q.waiting, turn)
	q.admit()
	q.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		q.giveUp(turn)
		return context.Cause(ctx)
	}
}

func (q *queue) giveUp(turn chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if i := slices.Index(q.waiting, turn); i >= 0 {
		q.waiting = slices.Delete(q.waiting, i, i+1)
		return
	}
	q.busy-- // its turn had come at the same time
	q.admit()
}

func (q *queue) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.busy--
	q.admit()
}

// setLimit lets those in that a higher limit has room for; under a lower one
// the jobs being served go on.
func (q *queue) setLimit(limit int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.limit = limit
	q.admit()
}

func (q *queue) lengths() (busy, waiting int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.busy, len(q.waiting)
}

func (q *queue) admit() {
	for len(q.waiting) > 0 && (q.limit == 0 || q.busy < q.limit) {
		close(q.waiting[0])
		q.waiting = q.waiting[1:]
		q.busy++
	}
}
