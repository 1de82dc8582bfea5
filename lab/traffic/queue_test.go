package traffic

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
)

func TestQueueOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := new(queue)
		q.setLimit(1)
		var order []int
		for i := range 4 {
			go func() {
				if err := q.enter(t.Context()); err != nil {
					t.Error(err)
				}
				order = append(order, i)
			}()
			synctest.Wait()
		}
		wantLengths(t, q, 1, 3)
		for range 3 {
			q.leave()
			synctest.Wait()
		}
		if want := []int{0, 1, 2, 3}; !slices.Equal(order, want) {
			t.Errorf("jobs were let in as %v, want %v", order, want)
		}
		q.leave()
		wantLengths(t, q, 0, 0)
	})
}

func TestQueueGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := new(queue)
		q.setLimit(1)
		if err := q.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := q.enter(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want %v", err, context.Canceled)
		}
		wantLengths(t, q, 1, 0)
	})
}

// TestQueueGivenUpTooLate gives up a turn that has come already.
func TestQueueGivenUpTooLate(t *testing.T) {
	q := &queue{limit: 1, busy: 1}
	q.giveUp(make(chan struct{}))
	wantLengths(t, q, 0, 0)
}

func TestQueueLimit(t *testing.T) {
	tests := []struct {
		name                       string
		limit, busy, waiting, next int
		wantBusy, wantWaiting      int
	}{
		{"lower", 4, 4, 2, 2, 4, 2},
		{"higher", 1, 1, 3, 3, 3, 1},
		{"none", 1, 1, 3, 0, 4, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := &queue{limit: tt.limit, busy: tt.busy}
			for range tt.waiting {
				q.waiting = append(q.waiting, make(chan struct{}))
			}
			q.setLimit(tt.next)
			wantLengths(t, q, tt.wantBusy, tt.wantWaiting)
		})
	}
}

func wantLengths(t *testing.T, q *queue, busy, waiting int) {
	t.Helper()
	if b, w := q.lengths(); b != busy || w != waiting {
		t.Errorf("%d busy and %d waiting, want %d and %d", b, w, busy, waiting)
	}
}
